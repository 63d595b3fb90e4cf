"""Holds: placed, then settled, voided or expired."""

from dataclasses import replace
from datetime import timedelta

import pytest

from shared.kernel.errors import Conflict, InsufficientTokens, NotFound
from shared.tokens.commands import Settle, Touch, Void
from shared.tokens.holds import MAX_HOLDS
from shared.tokens.models import Limits, Usage
from tests.builders import NEW_YEAR, POLICY, account, deduction
from tests.unit.tokens.steps import (
    HOUR,
    LATER,
    SOON,
    after,
    change,
    hold,
    hold_id,
    holding,
    lefts,
    limits,
    settle,
    taken_from,
    void,
)

FULL = replace(POLICY, expiry="full")
CAPPED = replace(POLICY, overrun="cap")


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


def test_a_members_hold_counts_as_what_it_cost() -> None:
    held = account(account_id="org_t", limits=Limits(member_caps={"ana": 50}))
    name = hold_id(account_id="org_t")
    held = after(held, deduction(5, actor="ana"), hold(40, actor="ana"))
    assert held.member_used == {"ana": 45}
    assert after(held, Settle(name, 10)).member_used == {"ana": 15}
    assert after(held, Void(name)).member_used == {"ana": 5}
    assert after(held, Touch(), now=SOON + HOUR).member_used == {"ana": 5}


def test_holds_stand_in_the_order_of_their_ids() -> None:
    held = after(account(), *(hold(1, f"hold-{n}") for n in range(9)))
    assert [h.hold_id for h in held.holds] == sorted(h.hold_id for h in held.holds)


def test_a_settlement_up_to_the_hold_never_fails() -> None:
    held = after(holding(130), deduction(20), now=NEW_YEAR + timedelta(days=1))
    assert after(held, settle(130)).debt == 0
