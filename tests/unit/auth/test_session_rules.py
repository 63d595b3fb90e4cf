"""A refresh token that is presented: rotated, answered again, or the end of its session."""

from dataclasses import replace
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.auth.session_rules import (
    ABSOLUTE,
    GRACE,
    IDLE,
    MOST_GRACE,
    Presented,
    Session,
    Verdict,
    alive,
    judge,
    opened,
)
from tests.builders import NEW_YEAR

SECOND = timedelta(seconds=1)
FIRST = opened(("s", "u", None), (0, 0), "demo-app", NEW_YEAR, "here", NEW_YEAR)
USED = replace(FIRST, counter=5, rotated_at=NEW_YEAR)


def show(
    session: Session,
    counter: int,
    after: timedelta = SECOND,
    client: str = "here",
    audience: str | None = None,
) -> Verdict:
    return judge(session, Presented(counter, client, audience, NEW_YEAR + after), NEW_YEAR)


def ended(verdict: Verdict) -> str:
    """Why it ended, if it did: then it is written down, and its access tokens end with it."""
    assert verdict.session.active is not (verdict.changed and bool(verdict.reason))
    return verdict.reason


def test_the_token_that_is_good_now_is_rotated() -> None:
    found = show(USED, 5).session
    assert (found.counter, found.rotated_at, found.grace_used) == (6, NEW_YEAR + SECOND, 0)


def test_a_client_that_lost_the_answer_gets_it_again_three_times() -> None:
    held = USED
    for _ in range(MOST_GRACE):
        verdict = show(held, 4)
        held = verdict.session
        assert (held.counter, verdict.changed, verdict.reason) == (5, True, "")
    assert ended(show(held, 4)) == "refresh_grace"


def test_a_rotation_gives_the_grace_anew() -> None:
    assert show(replace(USED, grace_used=MOST_GRACE), 5).session.grace_used == 0


@pytest.mark.parametrize(("after", "reason"), [(GRACE, ""), (GRACE + SECOND, "refresh_reused")])
def test_the_grace_ends_by_time(after: timedelta, reason: str) -> None:
    assert ended(show(USED, 4, after)) == reason


def test_the_grace_is_for_the_same_client_alone() -> None:
    assert ended(show(USED, 4, client="elsewhere")) == "refresh_client"


def test_a_client_may_move_with_the_token_that_is_good_now() -> None:
    assert show(USED, 5, client="elsewhere").session.client == "elsewhere"


@pytest.mark.parametrize("counter", [0, 3, 6, 7])
def test_any_other_token_ends_the_session(counter: int) -> None:
    verdict = show(USED, counter)
    assert ended(verdict) == "refresh_reused"
    assert verdict.session.epoch == USED.epoch + 1


@pytest.mark.parametrize("counter", [4, 5])
def test_another_product_s_token_ends_the_session(counter: int) -> None:
    assert ended(show(USED, counter, audience="demo-bo")) == "refresh_audience"
    assert ended(show(USED, counter, audience="demo-app")) == ""


def test_whoever_lost_a_race_with_themself_is_answered_and_not_counted() -> None:
    raced = show(replace(USED, grace_used=MOST_GRACE), 4, timedelta(0))
    assert (raced.session.counter, raced.changed, raced.reason) == (5, False, "")


@pytest.mark.parametrize(
    "gone",
    [
        replace(USED, active=False),
        replace(USED, idle_expires_at=NEW_YEAR + SECOND),
        replace(USED, absolute_expires_at=NEW_YEAR + SECOND),
    ],
)
def test_what_has_ended_stays_as_it_is(gone: Session) -> None:
    assert show(gone, 5) == Verdict(gone, reason="session_ended")


def test_a_session_lives_seven_days_after_its_last_use_and_thirty_in_all() -> None:
    held, now, lived = FIRST, NEW_YEAR, timedelta(0)
    while alive(held, now):
        lived = now - NEW_YEAR
        held = judge(held, Presented(held.counter, "here", None, now), now).session
        now += IDLE - SECOND
    assert ABSOLUTE - IDLE < lived < ABSOLUTE
    assert not alive(FIRST, NEW_YEAR + IDLE)


@given(
    st.lists(
        st.tuples(
            st.integers(0, 3),
            st.sampled_from(["here", "there"]),
            st.floats(0, 15),
        ),
        max_size=12,
    )
)
def test_whatever_is_presented_at_most_one_token_is_good(
    shown: list[tuple[int, str, float]],
) -> None:
    """The counter never goes back, and what has ended never lives again."""
    held, now, changed = FIRST, NEW_YEAR, NEW_YEAR
    for back, client, seconds in shown:
        now += timedelta(seconds=seconds)
        verdict = judge(held, Presented(held.counter - back, client, None, now), changed)
        assert 0 <= verdict.session.counter - held.counter <= (back == 0)
        assert held.active or verdict.session == held
        assert (back > 1) <= (not verdict.session.active)
        changed = now if verdict.changed else changed
        held = verdict.session
