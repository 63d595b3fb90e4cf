"""Other tiers, other limits."""

from dataclasses import replace
from datetime import timedelta

import pytest

from shared.kernel.errors import ValidationFailed
from shared.tokens.commands import ChangePlan, Touch
from shared.tokens.models import Limits, Policy, Tier
from tests.builders import POLICY, account, spent
from tests.unit.tokens.steps import FEBRUARY, SOON, after, change, hold, lefts, limits


def to(tier: str, operation: str = "plan") -> ChangePlan:
    return ChangePlan(operation, tier, "key:k")


def test_a_larger_tier_grants_the_difference_at_once() -> None:
    done = change(spent(account(purchased=50), 120), to("pro"))
    assert (done.account.tier, done.account.included) == ("pro", 10_000)
    assert lefts(done.account) == {"included": 9_900, "purchased": 30}
    assert (done.rows[-1].type, done.rows[-1].amount) == ("plan_change", 9_900)
    said = {"from": "free", "to": "pro", "atOnce": True, "by": "key:k"}
    assert done.rows[-1].metadata == said


def test_what_was_spent_stays_spent() -> None:
    assert after(spent(account(purchased=50), 120), to("pro")).total_used == 120


def test_a_smaller_tier_starts_with_the_next_cycle() -> None:
    held = after(account(tier="pro"), to("free"))
    assert (held.tier, held.pending_tier, held.base) == ("pro", "free", 10_000)
    renewed = after(held, Touch(), now=FEBRUARY)
    assert (renewed.tier, renewed.pending_tier, renewed.base) == ("free", None, 100)


def test_a_smaller_tier_can_be_taken_back_before_it_starts() -> None:
    held = after(account(tier="pro"), to("free"), to("pro", "again"))
    assert (held.tier, held.pending_tier, held.base) == ("pro", None, 10_000)


def test_going_up_and_down_and_up_grants_once() -> None:
    held = after(account(), to("pro", "1"), to("free", "2"), to("pro", "3"))
    assert held.base == 10_000


def test_a_larger_tier_repays_what_is_owed_first() -> None:
    done = change(replace(account(base_left=0), debt=400), to("pro"))
    assert (done.account.debt, done.account.base) == (0, 9_500)
    assert dict(done.rows[-1].postings) == {
        "user:included": 9_500,
        "user:debt": 400,
        "system:issued": -9_900,
    }


def test_an_open_hold_outlives_a_plan_change() -> None:
    held = after(account(), hold(40), to("pro"))
    assert (held.held, held.base) == (40, 9_960)


def test_an_unknown_tier_is_refused_as_a_member() -> None:
    with pytest.raises(ValidationFailed):
        change(account(), to("golden"))


def test_a_tier_that_the_settings_no_longer_know_grants_what_it_did() -> None:
    renewed = after(account(tier="pro"), Touch(), now=FEBRUARY, policy=Policy(tiers={}))
    assert (renewed.tier, renewed.base) == ("pro", 10_000)


def test_a_tier_that_the_settings_changed_grants_its_new_amount_with_the_next_cycle() -> None:
    policy = replace(POLICY, tiers={"free": Tier(70)})
    assert after(account(purchased=5), Touch(), now=SOON, policy=policy).base == 100
    assert lefts(after(account(purchased=5), Touch(), now=FEBRUARY, policy=policy)) == {
        "included": 70,
        "purchased": 5,
    }


def test_limits_hold_from_now_on_and_leave_a_row() -> None:
    done = change(account(), limits("cap", 30, {"ana": 5}))
    assert done.account.limits == Limits("cap", 30, {"ana": 5})
    assert (done.rows[-1].type, done.rows[-1].postings) == ("plan_change", ())
    assert done.rows[-1].metadata == {"overage": "cap", "cap": 30, "memberCaps": 1, "by": "key:k"}


def test_a_lower_cap_leaves_what_is_owed_as_it_is() -> None:
    held = replace(account(base_left=0), debt=20)
    assert after(held, limits("cap", 10)).debt == 20


def test_a_plan_change_after_the_cycles_end_is_of_the_new_cycle() -> None:
    done = change(account(base_left=0), to("pro"), FEBRUARY + timedelta(days=3))
    assert [row.type for row in done.rows] == ["refresh", "plan_change"]
    assert done.account.base == 10_000
