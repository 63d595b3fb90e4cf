"""Holds that outlive their time, their cycle, or what they were made of."""

from dataclasses import replace
from datetime import timedelta

import pytest

from shared.kernel.errors import Conflict
from shared.tokens.commands import Settle, Touch
from shared.tokens.models import Tier, Usage
from tests.builders import POLICY, account, deduction
from tests.unit.tokens.steps import (
    FEBRUARY,
    HOUR,
    LATER,
    SOON,
    after,
    change,
    gift,
    hold,
    hold_id,
    holding,
    lefts,
    settle,
    void,
)

FULL = replace(POLICY, expiry="full")


def test_an_expired_hold_costs_nothing_by_default() -> None:
    done = change(holding(), Touch(), LATER)
    assert lefts(done.account) == {"included": 100, "purchased": 50}
    assert [row.type for row in done.rows] == ["expire"]


def test_an_expired_hold_costs_all_of_it_where_the_policy_says_so() -> None:
    done = change(holding(), Touch(), LATER, FULL)
    assert (lefts(done.account), done.account.total_used) == ({"purchased": 20}, 130)
    assert (done.rows[-1].type, done.rows[-1].amount) == ("expire", 130)


def test_an_expired_hold_is_counted_for_the_day_it_expired_on() -> None:
    held = after(holding(), deduction(1))
    done = change(held, Touch(), SOON + timedelta(days=3), FULL)
    assert done.account.usage == Usage("2026-01-02", {"(none)": (1, 1), "chat": (130, 1)})


def test_a_day_that_ended_before_a_hold_expired_is_handed_out() -> None:
    held = after(account(), deduction(1), hold(5, ttl=timedelta(days=2)))
    done = change(held, Touch(), SOON + timedelta(days=3), FULL)
    assert [day.day for day in done.days] == ["2026-01-02"]
    assert (done.account.usage or Usage("", {})).day == "2026-01-04"


def test_a_hold_ends_with_its_last_instant() -> None:
    change(holding(), settle(1), LATER - timedelta(microseconds=1))
    with pytest.raises(Conflict, match="expired"):
        change(holding(), settle(1), LATER)
    with pytest.raises(Conflict, match="expired"):
        change(holding(), void(), LATER)


def test_what_was_held_of_the_old_cycle_lapses_and_the_new_allowance_is_untouched() -> None:
    held = after(account(purchased=50), hold(130, ttl=timedelta(days=60)))
    done = change(held, void(), FEBRUARY)
    assert [row.type for row in done.rows] == ["refresh", "void"]
    assert lefts(done.account) == {"included": 100, "purchased": 50}
    assert dict(done.rows[-1].postings) == {
        "user:held": -130,
        "user:purchased": 30,
        "system:expired": 100,
    }


def test_settling_a_hold_of_the_old_cycle_costs_the_new_one_nothing() -> None:
    held = after(account(purchased=50), hold(130, ttl=timedelta(days=60)))
    done = change(held, settle(110), FEBRUARY)
    assert lefts(done.account) == {"included": 100, "purchased": 40}
    assert done.account.total_used == 110


def test_a_hold_that_expires_as_the_cycle_ends_expires_in_it() -> None:
    held = after(account(), hold(30, ttl=FEBRUARY - SOON))
    done = change(held, Touch(), FEBRUARY, FULL)
    assert [row.type for row in done.rows] == ["expire", "refresh"]
    assert done.account.total_used == 0


def test_what_was_held_of_an_expired_gift_is_gone() -> None:
    held = after(account(base_left=0), gift(10, SOON + HOUR), hold(8, ttl=2 * HOUR))
    done = change(held, void(), SOON + HOUR)
    assert [row.amount for row in done.rows] == [2, 0]
    assert done.account.available == 0
    assert dict(done.rows[-1].postings) == {"user:held": -8, "system:expired": 8}


def test_what_was_held_of_a_gift_goes_back_to_it() -> None:
    held = after(account(base_left=0), gift(10, SOON + 2 * HOUR), hold(10))
    lot = next(lot for lot in after(held, void()).lots if lot.kind == "promo")
    assert (lot.left, lot.expires_at) == (10, SOON + 2 * HOUR)


def test_what_was_held_of_a_rollover_comes_back_in_its_own_cycle_only() -> None:
    policy = replace(POLICY, tiers={"free": Tier(100, rollover_cap=40)})
    start = after(account(), Touch(), now=FEBRUARY, policy=policy)
    held = after(start, hold(140, ttl=timedelta(days=60)), now=FEBRUARY, policy=policy)
    back = after(held, void(), now=FEBRUARY, policy=policy)
    assert lefts(back) == {"rollover": 40, "included": 100}
    march = FEBRUARY + timedelta(days=28)
    assert lefts(after(held, void(), now=march, policy=policy)) == {"included": 100}


def test_a_members_hold_of_the_old_cycle_counts_in_the_new_one_as_what_it_costs() -> None:
    held = after(account(account_id="org_t"), hold(40, ttl=timedelta(days=60), actor="ana"))
    done = after(held, Settle(hold_id(account_id="org_t"), 10), now=FEBRUARY)
    assert (done.member_used, done.total_used) == ({"ana": 10}, 10)
