"""An idle account ends as if it had been touched all along."""

from dataclasses import replace
from datetime import datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from shared.tokens.commands import Command, Deduct, Touch
from shared.tokens.models import Account, Policy, Tier
from shared.tokens.periods import open_account
from tests.builders import NEW_YEAR, POLICY, account
from tests.unit.tokens.steps import (
    APRIL,
    FEBRUARY,
    MARCH,
    ROLLING,
    SOON,
    after,
    gift,
    hold,
    moved,
    touched,
)

FULL = replace(ROLLING, expiry="full", low_percents=(50, 20), low_amounts=(7,))
DAYS = st.integers(0, 130)
COMMANDS: st.SearchStrategy[Command] = st.one_of(
    st.builds(lambda n, day: gift(n, NEW_YEAR + timedelta(days=day)), st.integers(1, 90), DAYS),
    st.builds(lambda n, d: hold(n, ttl=timedelta(days=d)), st.integers(1, 60), st.integers(1, 99)),
    st.builds(Deduct, st.just("op"), st.integers(1, 60)),
)


def steps(held: Account, moments: list[datetime], policy: Policy) -> Account:
    for now in moments:
        held = touched(held, now, policy).account
    return held


def test_cycles_count_on_after_an_end_was_moved() -> None:
    due = moved(account(), SOON)
    assert touched(due, APRIL).account == replace(
        steps(due, [SOON, FEBRUARY, MARCH, APRIL], POLICY), seq=1
    )


def test_years_pass_in_one_row() -> None:
    done = touched(account(purchased=7), NEW_YEAR.replace(year=2076))
    assert (len(done.rows), done.account.period.n, done.account.extra) == (1, 600, 7)


@given(
    st.builds(account, base_left=st.integers(0, 100), purchased=st.integers(0, 50)),
    st.lists(COMMANDS, max_size=3, unique_by=type),
    st.integers(0, 300),
    st.lists(DAYS, max_size=5),
    st.sampled_from([POLICY, ROLLING, FULL]),
)
def test_time_may_pass_in_one_jump_or_in_many(
    held: Account, commands: list[Command], debt: int, days: list[int], policy: Policy
) -> None:
    for command in commands:
        held = after(held, command, now=NEW_YEAR, policy=policy) if held.available > 90 else held
    held = replace(held, debt=debt)
    moments = [NEW_YEAR + timedelta(days=day) for day in sorted(days)] or [NEW_YEAR]
    stepped, at_once = steps(held, moments, policy), touched(held, moments[-1], policy).account
    assert replace(stepped, seq=0) == replace(at_once, seq=0)


@given(st.integers(0, 100), st.integers(0, 300), st.integers(1, 40), st.integers(0, 400))
def test_skipped_cycles_in_closed_form_are_those_one_by_one(
    left: int, debt: int, months: int, cap: int
) -> None:
    policy = replace(POLICY, tiers={"free": Tier(100, rollover_cap=cap)})
    held = replace(account(base_left=left), debt=debt)
    moments = [open_account("a", "free", POLICY, NEW_YEAR, NEW_YEAR).period.end]
    while len(moments) < months:
        moments.append(touched(account(), moments[-1]).account.period.end)
    stepped, at_once = steps(held, moments, policy), touched(held, moments[-1], policy).account
    assert replace(stepped, seq=1) == at_once


@given(st.integers(0, 1000), st.integers(0, 4000))
def test_a_refresh_never_touches_purchased_tokens(purchased: int, days: int) -> None:
    held = account(purchased=purchased)
    done = after(held, Touch(), now=NEW_YEAR + timedelta(days=days))
    assert done.extra == purchased
