"""Decisions on a token account."""

from dataclasses import replace
from datetime import datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.kernel.errors import InsufficientTokens
from shared.tokens.models import Account
from shared.tokens.rules import deducted, fingerprint, opened, refreshed, sufficiency
from tests.builders import NEW_YEAR, TIERS, account, deduction

SOON = NEW_YEAR + timedelta(days=1)
NEXT_MONTH = NEW_YEAR + timedelta(days=32)
ACCOUNTS = st.builds(
    lambda used, purchased, extra: account(
        included_used=used, purchased=purchased, total_used=used + extra
    ),
    st.integers(0, 100),
    st.integers(0, 10_000),
    st.integers(0, 500),
)


def spend(held: Account, amount: int, now: datetime = SOON) -> Account:
    return deducted(held, deduction(amount), TIERS, now).account


def test_included_tokens_go_before_purchased_ones() -> None:
    change = deducted(account(purchased=50), deduction(120), TIERS, SOON)
    assert (change.rows[-1].from_included, change.rows[-1].from_purchased) == (100, 20)
    assert (change.account.available_base, change.account.purchased) == (0, 30)


def test_purchased_tokens_that_were_spent_do_not_come_back_with_the_next_cycle() -> None:
    spent = spend(account(purchased=50), 120)
    renewed = refreshed(spent, TIERS, NEXT_MONTH).account
    assert (renewed.available_base, renewed.purchased, renewed.total_used) == (100, 30, 0)


def test_a_refusal_names_what_is_short_and_when_more_comes() -> None:
    with pytest.raises(InsufficientTokens) as refused:
        spend(account(purchased=5), 120)
    assert refused.value.members == {
        "available": 105,
        "shortBy": 15,
        "scope": "user",
        "resetsAt": "2026-02-01T00:00:00Z",
    }


def test_a_pool_is_named_as_the_scope_that_blocks() -> None:
    with pytest.raises(InsufficientTokens) as refused:
        spend(account(account_id="org_t"), 101)
    assert refused.value.members["scope"] == "organization"


def test_a_deduction_after_the_cycles_end_refreshes_first() -> None:
    change = deducted(account(included_used=100), deduction(10), TIERS, NEXT_MONTH)
    assert [row.type for row in change.rows] == ["refresh", "deduct"]
    assert [row.seq for row in change.rows] == [1, 2]
    assert change.account.available == 90


def test_several_late_cycles_are_one_refresh_that_counts_those_it_skipped() -> None:
    change = refreshed(account(), TIERS, NEW_YEAR + timedelta(days=100))
    assert len(change.rows) == 1
    assert change.rows[0].metadata == {"cycle": 3, "skipped": 2}


def test_an_end_that_was_moved_forward_still_refreshes_once() -> None:
    due = account(next_refresh=SOON, included_used=70)
    renewed = refreshed(due, TIERS, SOON).account
    assert (renewed.available_base, renewed.cycle) == (100, 1)
    assert refreshed(renewed, TIERS, SOON).rows == ()
    assert refreshed(renewed, TIERS, NEXT_MONTH).account.cycle == 2


def test_an_account_opened_with_an_old_start_stands_in_the_present_cycle() -> None:
    now = NEW_YEAR + timedelta(days=45)
    found = opened("a", "pro", TIERS, NEW_YEAR, now)
    assert (found.cycle, found.included) == (1, 10_000)
    assert found.cycle_start <= now < found.next_refresh


def test_a_repeated_key_must_repeat_everything() -> None:
    marks = {
        fingerprint(deduction(1)),
        fingerprint(deduction(2)),
        fingerprint(deduction(1, task_type="chat")),
        fingerprint(deduction(1, metadata={"a": 1})),
        fingerprint(deduction(1, metadata={"a": "1"})),
    }
    assert len(marks) == 5
    same = fingerprint(deduction(1, metadata={"a": 1, "b": 2}))
    assert same == fingerprint(deduction(1, metadata={"b": 2, "a": 1}))


@given(ACCOUNTS, st.integers(1, 12_000))
def test_a_deduction_takes_exactly_its_amount_or_nothing(held: Account, amount: int) -> None:
    if amount > held.available:
        with pytest.raises(InsufficientTokens):
            spend(held, amount)
        return
    after = spend(held, amount)
    assert held.available - after.available == amount
    assert after.total_used - held.total_used == amount
    assert after.available_base == 0 or after.purchased == held.purchased


@given(ACCOUNTS, st.integers(1, 12_000))
def test_a_check_foretells_the_deduction(held: Account, amount: int) -> None:
    found = sufficiency(held, amount, TIERS, SOON)
    assert found.sufficient == (amount <= held.available)
    assert found.short_by == max(0, amount - held.available)


@given(ACCOUNTS, st.lists(st.integers(0, 200), max_size=8))
def test_time_may_pass_in_one_step_or_in_many(held: Account, days: list[int]) -> None:
    moments = [NEW_YEAR + timedelta(days=day) for day in sorted(days)] or [NEW_YEAR]
    stepped = held
    for now in moments:
        stepped = refreshed(stepped, TIERS, now).account
    at_once = refreshed(held, TIERS, moments[-1]).account
    assert replace(stepped, seq=0) == replace(at_once, seq=0)


@given(ACCOUNTS, st.integers(0, 400))
def test_a_refresh_never_touches_purchased_tokens(held: Account, days: int) -> None:
    now = NEW_YEAR + timedelta(days=days)
    assert refreshed(held, TIERS, now).account.purchased == held.purchased
