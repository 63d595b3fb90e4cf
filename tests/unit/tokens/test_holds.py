"""Holds: placed, then settled, voided or expired."""

from dataclasses import replace
from datetime import timedelta

import pytest

from shared.kernel.errors import Conflict, InsufficientTokens, NotFound
from shared.tokens.commands import Settle, Touch, Void
from shared.tokens.holds import MAX_HOLDS
from shared.tokens.models import Account, Limits, Tier, Usage
from tests.builders import NEW_YEAR, POLICY, account, deduction
from tests.unit.tokens.steps import (
    FEBRUARY,
    HOUR,
    SOON,
    after,
    change,
    gift,
    hold,
    hold_id,
    lefts,
    limits,
    taken_from,
)

LATER = SOON + HOUR
FULL = replace(POLICY, expiry="full")
CAPPED = replace(POLICY, overrun="cap")


def holding(amount: int = 130, purchased: int = 50) -> Account:
    """An account of 100 and 50 tokens with a hold on some."""
    return after(account(purchased=purchased), hold(amount, task_type="chat"))


def settle(amount: int) -> Settle:
    return Settle(hold_id(), amount)


def void() -> Void:
    return Void(hold_id())


def test_a_hold_takes_tokens_out_of_their_lots() -> None:
    done = change(account(purchased=50), hold(130))
    assert (done.account.available, done.account.held, done.account.total_used) == (20, 130, 0)
    assert taken_from(done.rows[-1]) == {"included": 100, "purchased": 30}
    assert (done.rows[-1].type, done.rows[-1].row_id) == ("hold", hold_id())
    assert done.rows[-1].metadata == {"expiresAt": LATER}


def test_nothing_is_held_that_is_not_there_whatever_may_be_owed() -> None:
    held = after(account(), limits("unlimited"))
    with pytest.raises(InsufficientTokens) as refused:
        change(held, hold(101))
    assert refused.value.members["scope"] == "user"


def test_there_can_be_too_many_holds() -> None:
    held = account(purchased=1000)
    for n in range(MAX_HOLDS):
        held = after(held, hold(1, f"hold-{n}"))
    with pytest.raises(Conflict):
        change(held, hold(1))


def test_settling_below_the_hold_releases_the_rest_to_where_it_came_from() -> None:
    done = change(holding(), settle(110))
    row = done.rows[-1]
    assert (row.amount, taken_from(row)) == (110, {"included": 100, "purchased": 10})
    assert row.metadata == {"released": 20}
    assert (lefts(done.account), done.account.held) == ({"purchased": 40}, 0)
    assert done.account.total_used == 110


def test_settling_at_the_hold_spends_all_of_it() -> None:
    done = change(holding(), settle(130))
    assert (lefts(done.account), done.account.total_used) == ({"purchased": 20}, 130)


def test_settling_above_the_hold_takes_the_rest_and_then_owes() -> None:
    done = change(holding(), settle(160))
    assert (done.account.available, done.account.debt) == (0, 10)
    assert dict(done.rows[-1].postings) == {
        "user:held": -130,
        "user:purchased": -20,
        "user:debt": -10,
        "system:consumed": 160,
    }


def test_settling_above_the_hold_costs_no_more_where_the_policy_caps_it() -> None:
    done = change(holding(), settle(160), policy=CAPPED)
    assert (done.rows[-1].amount, done.account.available, done.account.debt) == (130, 20, 0)


def test_a_settlement_is_counted_for_the_day_and_its_task() -> None:
    assert after(holding(), settle(110)).usage == Usage("2026-01-02", {"chat": (110, 1)})


def test_a_voided_hold_leaves_no_trace_in_the_balance() -> None:
    done = change(holding(), void())
    assert lefts(done.account) == {"included": 100, "purchased": 50}
    assert (done.account.total_used, done.account.usage, done.account.held) == (0, None, 0)
    assert (done.rows[-1].type, done.rows[-1].reference) == ("void", hold_id())


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


def test_a_hold_ends_once() -> None:
    for ended in (after(holding(), settle(1)), after(holding(), void())):
        with pytest.raises(NotFound):
            change(ended, settle(1))
        with pytest.raises(NotFound):
            change(ended, void())


def test_every_end_of_a_hold_would_stand_in_the_same_row() -> None:
    ends = [
        change(holding(), settle(1)).rows[-1],
        change(holding(), void()).rows[-1],
        change(holding(), Touch(), LATER).rows[-1],
    ]
    assert len({row.row_id for row in ends}) == 1


def test_a_hold_that_never_was_is_not_found() -> None:
    with pytest.raises(NotFound):
        change(account(), settle(1))


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


def test_a_members_hold_counts_as_what_it_cost() -> None:
    held = account(account_id="org_t", limits=Limits(member_caps={"ana": 50}))
    name = hold_id(account_id="org_t")
    held = after(held, deduction(5, actor="ana"), hold(40, actor="ana"))
    assert held.member_used == {"ana": 45}
    assert after(held, Settle(name, 10)).member_used == {"ana": 15}
    assert after(held, Void(name)).member_used == {"ana": 5}
    assert after(held, Touch(), now=SOON + HOUR).member_used == {"ana": 5}


def test_a_members_hold_of_the_old_cycle_counts_in_the_new_one_as_what_it_costs() -> None:
    held = after(account(account_id="org_t"), hold(40, ttl=timedelta(days=60), actor="ana"))
    done = after(held, Settle(hold_id(account_id="org_t"), 10), now=FEBRUARY)
    assert (done.member_used, done.total_used) == ({"ana": 10}, 10)


def test_holds_stand_in_the_order_of_their_ids() -> None:
    held = after(account(), *(hold(1, f"hold-{n}") for n in range(9)))
    assert [h.hold_id for h in held.holds] == sorted(h.hold_id for h in held.holds)


def test_a_settlement_up_to_the_hold_never_fails() -> None:
    held = after(holding(130), deduction(20), now=NEW_YEAR + timedelta(days=1))
    assert after(held, settle(130)).debt == 0
