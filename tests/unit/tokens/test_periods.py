"""Time: cycles that end, one by one or many at once, and what happens between them."""

from dataclasses import replace
from datetime import timedelta

from shared.tokens.commands import Deduct
from shared.tokens.periods import open_account
from shared.tokens.rows import Change
from tests.builders import NEW_YEAR, POLICY, account, spent
from tests.unit.tokens.steps import (
    APRIL,
    FEBRUARY,
    MARCH,
    ROLLING,
    SOON,
    after,
    change,
    gift,
    hold,
    lefts,
    limits,
    moved,
    touched,
)


def test_purchased_tokens_that_were_spent_do_not_come_back_with_the_next_cycle() -> None:
    renewed = touched(spent(account(purchased=50), 120), FEBRUARY).account
    assert (lefts(renewed), renewed.total_used) == ({"included": 100, "purchased": 30}, 0)


def test_a_cycle_ends_with_its_last_instant() -> None:
    assert touched(account(), FEBRUARY - timedelta(microseconds=1)).rows == ()
    assert touched(account(), FEBRUARY).account.period.n == 1


def test_a_deduction_after_the_cycles_end_refreshes_first() -> None:
    done = change(account(base_left=0), Deduct("op", 10), FEBRUARY)
    assert [row.type for row in done.rows] == ["refresh", "deduct"]
    assert [row.after.seq for row in done.rows] == [1, 2]
    assert done.account.available == 90


def test_a_refresh_says_what_lapsed_and_what_came() -> None:
    row = touched(account(base_left=30), FEBRUARY).rows[-1]
    assert (row.type, row.amount) == ("refresh", 100)
    assert dict(row.postings) == {
        "user:included": 70,
        "system:issued": -100,
        "system:expired": 30,
    }


def test_several_late_cycles_are_one_refresh_that_counts_those_it_skipped() -> None:
    done = touched(account(), NEW_YEAR + timedelta(days=100))
    assert [row.metadata for row in done.rows] == [{"skipped": 2}]
    assert [message.event_type for message in done.messages] == ["billing_cycle_refreshed"]


def test_every_cycle_has_one_row_whenever_it_is_reached() -> None:
    late, on_time = touched(account(), MARCH), touched(touched(account(), FEBRUARY).account, MARCH)
    assert late.rows[-1].row_id == on_time.rows[-1].row_id


def test_a_new_cycle_repays_what_is_owed_first() -> None:
    done = touched(replace(account(base_left=0), debt=30), FEBRUARY)
    assert (done.account.debt, done.account.base) == (0, 70)


def test_skipped_cycles_repay_what_is_owed_too() -> None:
    held = replace(account(base_left=0), debt=250)
    assert (touched(held, MARCH).account.debt, touched(held, MARCH).account.base) == (50, 0)
    assert (touched(held, APRIL).account.debt, touched(held, APRIL).account.base) == (0, 50)


def test_unspent_tokens_are_carried_over_up_to_the_cap() -> None:
    held = touched(account(base_left=60), FEBRUARY, ROLLING).account
    assert lefts(held) == {"rollover": 60, "included": 100}
    assert lefts(touched(held, MARCH, ROLLING).account) == {"rollover": 160, "included": 100}
    assert lefts(touched(held, APRIL, ROLLING).account) == {"rollover": 250, "included": 100}


def test_what_is_carried_over_is_spent_first() -> None:
    held = touched(account(base_left=60), FEBRUARY, ROLLING).account
    assert lefts(spent(held, 70, FEBRUARY)) == {"included": 90}


def test_a_tier_without_rollover_drops_what_was_carried_over() -> None:
    held = touched(account(base_left=60), FEBRUARY, ROLLING).account
    assert lefts(touched(held, MARCH).account) == {"included": 100}


def test_a_refresh_leaves_purchased_tokens_gifts_and_limits_alone() -> None:
    held = after(account(purchased=50), gift(30), limits("cap", 9))
    renewed = touched(held, FEBRUARY).account
    assert lefts(renewed) == {"included": 100, "promo": 30, "purchased": 50}
    assert renewed.limits == held.limits


def test_an_end_that_was_moved_forward_refreshes_once() -> None:
    due = moved(account(base_left=30), SOON)
    renewed = touched(due, SOON)
    assert [row.type for row in renewed.rows] == ["refresh"]
    assert (renewed.account.base, renewed.account.period.n) == (100, 1)
    assert renewed.account.period.end == FEBRUARY
    assert touched(renewed.account, SOON).rows == ()
    assert touched(renewed.account, FEBRUARY).account.period.n == 2


def test_an_end_that_was_moved_before_the_anchor_refreshes_once() -> None:
    renewed = touched(moved(account(), NEW_YEAR - timedelta(days=400)), SOON)
    assert (len(renewed.rows), renewed.account.period.end) == (1, FEBRUARY)


def test_an_end_that_was_moved_back_makes_a_long_cycle() -> None:
    held = moved(account(), MARCH + timedelta(days=3))
    assert touched(held, MARCH).rows == ()
    done = touched(held, MARCH + timedelta(days=4))
    assert (done.account.period.n, done.account.period.end) == (1, APRIL)
    assert done.rows[-1].metadata is None


def test_an_account_opened_with_an_old_start_stands_in_the_present_cycle() -> None:
    now = NEW_YEAR + timedelta(days=45)
    found = open_account("a", "pro", POLICY, NEW_YEAR, now)
    assert (found.period.n, found.included, found.available) == (1, 10_000, 10_000)
    assert found.period.start <= now < found.period.end


def test_what_expires_as_the_cycle_ends_expires_first() -> None:
    held = after(account(base_left=0), gift(30, FEBRUARY))
    assert [row.type for row in touched(held, FEBRUARY).rows] == ["expire", "refresh"]


def test_what_expires_as_a_skipped_cycle_ends_is_of_that_cycle() -> None:
    held = after(account(), hold(30, ttl=MARCH - SOON))
    done = touched(held, MARCH, replace(POLICY, expiry="full"))
    assert [row.type for row in done.rows] == ["refresh", "expire", "refresh"]
    assert (done.account.total_used, done.account.period.n) == (0, 2)


def test_a_gift_that_lapses_in_a_later_cycle_splits_the_skipped_ones() -> None:
    held = after(account(), gift(30, MARCH + timedelta(days=1)))
    done = touched(held, APRIL)
    assert [row.type for row in done.rows] == ["refresh", "expire", "refresh"]
    assert [row.after.period.n for row in done.rows] == [2, 2, 3]


def test_a_clock_that_is_behind_changes_nothing() -> None:
    held = touched(account(), MARCH).account
    assert touched(held, NEW_YEAR) == Change(held)
