"""When it is tried again, who signs, and when an endpoint is left alone."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.webhooks import rules
from shared.webhooks.models import (
    DEAD,
    DELIVERED,
    HELD,
    PENDING,
    Attempt,
    Endpoint,
    Outcome,
    Secret,
)
from shared.webhooks.rules import SCHEDULE
from shared.webhooks.vendors.http import seconds_until
from tests.builders import NEW_YEAR, event

TAKEN, REFUSED = Outcome("", 200), Outcome("http_500", 500)
DAY = timedelta(days=1)


def endpoint(**changes: Any) -> Endpoint:
    base = Endpoint(
        webhook_id="wh_1.t",
        tenant_id="t",
        url="https://example.com",
        event_types=("*",),
        description="",
        ordered=False,
        created_at=NEW_YEAR,
        updated_at=NEW_YEAR,
        secrets=(Secret("whsec_b25l"),),
    )
    return replace(base, **changes)


def attempt(outcome: Outcome, seconds_ago: float = 1) -> Attempt:
    at = NEW_YEAR - timedelta(seconds=seconds_ago)
    return Attempt("a", "wh_1.t", "t", "e", "x", 1, at, 1, outcome, None)


@given(st.integers(1, len(SCHEDULE) - 1), st.floats(-1, 1))
def test_each_wait_is_the_schedules_with_a_fifth_of_jitter(attempts: int, spread: float) -> None:
    at = rules.next_attempt(attempts, None, NEW_YEAR, spread)
    assert at is not None
    wait, planned = (at - NEW_YEAR).total_seconds(), SCHEDULE[attempts]
    assert 0.8 * planned - 0.001 <= wait <= 1.2 * planned + 0.001


@given(st.integers(1, len(SCHEDULE) - 1), st.floats(allow_nan=False))
def test_what_the_endpoint_asks_for_never_hurries_us_nor_costs_more_than_a_day(
    attempts: int, asked: float
) -> None:
    at = rules.next_attempt(attempts, asked, NEW_YEAR, 0)
    assert at is not None
    planned = NEW_YEAR + timedelta(seconds=SCHEDULE[attempts])
    assert planned <= at <= max(planned, NEW_YEAR + DAY)


@given(st.floats(-1, 1), st.floats(0, 1e6))
def test_a_delivery_is_over_after_ten_attempts_and_always_says_why(
    spread: float, asked: float
) -> None:
    delivery = rules.planned(endpoint(), event(), NEW_YEAR, room=True)
    refused = REFUSED._replace(retry_after=asked)
    for _ in range(len(SCHEDULE) - 1):
        delivery = rules.concluded(delivery, refused, NEW_YEAR, spread)
        assert (delivery.status, delivery.cause) == (PENDING, "http_500")
        delivery = rules.claimed(delivery, NEW_YEAR)
    ended = rules.concluded(delivery, refused, NEW_YEAR, spread)
    assert (ended.status, ended.attempts, ended.cause) == (DEAD, 10, "http_500")
    assert rules.concluded(delivery, TAKEN, NEW_YEAR, spread).status == DELIVERED


@pytest.mark.parametrize(
    ("changes", "subject", "room", "status", "attempts"),
    [
        ({}, None, True, PENDING, 1),
        ({}, None, False, PENDING, 0),
        ({}, "s", True, PENDING, 1),
        ({"ordered": True}, "s", True, PENDING, 0),
        ({"ordered": True}, None, True, PENDING, 1),
        ({"disabled": "gone"}, None, True, HELD, 0),
        ({"open_until": NEW_YEAR + DAY}, None, True, PENDING, 0),
        ({"open_until": NEW_YEAR - DAY}, None, True, PENDING, 0),
    ],
)
def test_who_creates_a_delivery_makes_the_first_attempt_unless_it_has_to_wait(
    changes: dict[str, Any], subject: str | None, room: bool, status: str, attempts: int
) -> None:
    happened = event(subject=subject)
    delivery = rules.planned(endpoint(**changes), happened, NEW_YEAR, room)
    assert (delivery.status, delivery.attempts) == (status, attempts)
    claimed = delivery.next_attempt_at == NEW_YEAR + rules.LEASE
    assert claimed is (attempts == 1)


@given(st.integers(0, 12), st.integers(0, 12))
def test_seven_of_ten_failures_in_five_minutes_open_the_breaker(failed: int, taken: int) -> None:
    found = [attempt(REFUSED)] * failed + [attempt(TAKEN)] * taken
    assert rules.trips(found, NEW_YEAR) is (failed + taken >= 10 and failed >= 0.7 * len(found))


def test_failures_of_earlier_do_not_count() -> None:
    assert not rules.trips([attempt(REFUSED, 301)] * 10, NEW_YEAR)


def test_each_failed_probe_doubles_the_wait_up_to_sixteen_minutes() -> None:
    found, waits = endpoint(), []
    for _ in range(7):
        found = rules.opened(found, NEW_YEAR)
        assert found.open_until
        waits.append((found.open_until - NEW_YEAR) / timedelta(minutes=1))
    assert waits == [1, 2, 4, 8, 16, 16, 16]
    assert rules.closed(found) == endpoint()


def test_a_new_secret_signs_at_once_and_the_old_one_for_another_day() -> None:
    after = rules.rotated(endpoint(), "whsec_dHdv", NEW_YEAR)
    assert [s.text for s in rules.current(after.secrets, NEW_YEAR + DAY * 0.99)] == [
        "whsec_dHdv",
        "whsec_b25l",
    ]
    assert [s.text for s in rules.current(after.secrets, NEW_YEAR + DAY)] == ["whsec_dHdv"]


def test_of_many_rotations_in_a_day_the_last_few_sign() -> None:
    after = endpoint()
    for n in range(10):
        after = rules.rotated(after, f"whsec_{n}", NEW_YEAR)
    assert [s.text for s in after.secrets] == ["whsec_9", "whsec_8", "whsec_7", "whsec_6"]


def test_secrets_are_not_written_out() -> None:
    assert "b25l" not in repr(endpoint())


def test_an_endpoint_is_hopeless_after_five_days_of_failures() -> None:
    assert rules.is_hopeless(NEW_YEAR - 5 * DAY, NEW_YEAR)
    assert not rules.is_hopeless(NEW_YEAR - 4.99 * DAY, NEW_YEAR)
    assert not rules.is_hopeless(None, NEW_YEAR)


@pytest.mark.parametrize(
    ("text", "seconds"),
    [
        ("120", 120),
        ("0", 0),
        ("9" * 30, 999_999_999),
        ("Thu, 01 Jan 2026 00:02:00 GMT", 120),
        *((text, None) for text in ("", "-1", "1.5", "soon", "٣", "Fri, 99 Jan 2026 00:00:00 GMT")),
    ],
)
def test_retry_after_is_seconds_or_a_date(text: str, seconds: float | None) -> None:
    assert seconds_until(text, NEW_YEAR) == seconds
