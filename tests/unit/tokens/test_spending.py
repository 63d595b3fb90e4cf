"""Spending: the order of the lots, what may be owed, members, and the day's usage."""

from dataclasses import replace
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.kernel.errors import InsufficientTokens
from shared.tokens.commands import Deduct
from shared.tokens.models import Account, Limits, Usage
from shared.tokens.rules import sufficiency
from shared.tokens.spending import MAX_TASKS_A_DAY, OTHER_TASKS
from tests.builders import POLICY, account, deduction, spent
from tests.unit.tokens.steps import SOON, after, change, gift, hold, lefts, limits, taken_from

ACCOUNTS = st.builds(
    lambda left, purchased: account(base_left=left, purchased=purchased),
    st.integers(0, 100),
    st.integers(0, 10_000),
)


def pool(**caps: int) -> Account:
    return account(account_id="org_t", limits=Limits(member_caps=caps))


def refusal(held: Account, amount: int, actor: str | None = None) -> dict[str, object]:
    with pytest.raises(InsufficientTokens) as refused:
        change(held, deduction(amount, actor=actor))
    return dict(refused.value.members)


def test_included_tokens_go_before_purchased_ones() -> None:
    done = change(account(purchased=50), deduction(120))
    assert taken_from(done.rows[-1]) == {"included": 100, "purchased": 20}
    assert lefts(done.account) == {"purchased": 30}


def test_gifts_go_between_them_and_the_first_to_expire_goes_first() -> None:
    soon, later = SOON + timedelta(days=1), SOON + timedelta(days=2)
    held = after(account(purchased=5), gift(7, later, "later"), gift(7, soon, "soon"), gift(7))
    row = change(held, deduction(120)).rows[-1]
    assert [part.amount for part in row.parts] == [100, 7, 7, 6]
    assert [lot.left for lot in change(held, deduction(107)).account.lots] == [0, 0, 7, 7, 5]


def test_a_deduction_leaves_a_row_that_says_everything() -> None:
    command = Deduct("op", 3, "chat", "ana", {"model": "x"})
    row = change(account(), command).rows[-1]
    assert (row.type, row.amount, row.task_type, row.actor) == ("deduct", 3, "chat", "ana")
    assert (row.at, row.metadata, row.after.seq) == (SOON, {"model": "x"}, 1)
    assert dict(row.postings) == {"user:included": -3, "system:consumed": 3}


def test_what_is_spent_counts_whatever_it_came_from() -> None:
    assert spent(account(purchased=50), 120).total_used == 120


def test_a_refusal_names_what_is_short_and_when_more_comes() -> None:
    assert refusal(account(purchased=5), 120) == {
        "available": 105,
        "shortBy": 15,
        "scope": "user",
        "resetsAt": "2026-02-01T00:00:00Z",
    }


def test_a_pool_is_named_as_the_scope_that_blocks() -> None:
    assert refusal(pool(), 101)["scope"] == "organization"


def test_a_member_is_stopped_at_their_cap_and_others_are_not() -> None:
    held = after(pool(ana=10), deduction(8, actor="ana"))
    short = refusal(held, 3, "ana")
    assert (short["scope"], short["available"], short["shortBy"]) == ("member", 2, 1)
    assert after(held, deduction(3, actor="ben")).member_used == {"ana": 8, "ben": 3}


def test_the_pool_stops_a_member_who_is_below_their_cap() -> None:
    assert refusal(pool(ana=1000), 101, "ana")["scope"] == "organization"


def test_a_cap_that_was_lowered_below_what_is_used_leaves_nothing_available() -> None:
    held = replace(pool(ana=5), member_used={"ana": 9})
    assert refusal(held, 1, "ana")["available"] == 0


def test_a_member_with_a_cap_of_nothing_spends_nothing() -> None:
    assert refusal(pool(ana=0), 1, "ana")["available"] == 0


def test_what_is_held_counts_against_the_members_cap() -> None:
    held = after(pool(ana=10), hold(8, actor="ana"))
    assert refusal(held, 3, "ana")["scope"] == "member"


def test_nothing_may_be_owed_unless_the_limits_say_so() -> None:
    assert after(account(), deduction(100)).debt == 0
    assert refusal(account(), 101)["shortBy"] == 1


def test_up_to_a_cap_may_be_owed() -> None:
    held = after(account(), limits("cap", 30), deduction(120))
    assert (held.debt, held.available) == (20, 0)
    short = refusal(held, 11)
    assert (short["scope"], short["available"]) == ("overage_cap", 10)
    assert after(held, deduction(10)).debt == 30


def test_anything_may_be_owed_without_limits() -> None:
    held = after(account(), limits("unlimited"), deduction(5_000_000))
    assert (held.debt, held.total_used) == (4_999_900, 5_000_000)


def test_what_is_owed_is_in_the_books() -> None:
    row = change(after(account(), limits("unlimited")), deduction(130)).rows[-1]
    assert dict(row.postings) == {
        "user:included": -100,
        "user:debt": -30,
        "system:consumed": 130,
    }


def test_the_day_counts_tokens_and_times_by_task() -> None:
    held = after(account(), deduction(3, task_type="chat"), deduction(4, task_type="chat"))
    assert after(held, deduction(5)).usage == Usage(
        "2026-01-02", {"chat": (7, 2), "(none)": (5, 1)}
    )


def test_a_day_that_is_over_is_handed_out_once() -> None:
    held = spent(account(), 3, SOON)
    next_day = change(held, deduction(4), SOON + timedelta(days=1))
    assert next_day.days == (Usage("2026-01-02", {"(none)": (3, 1)}),)
    assert next_day.account.usage == Usage("2026-01-03", {"(none)": (4, 1)})
    assert change(next_day.account, deduction(1), SOON + timedelta(days=1)).days == ()


def test_a_clock_that_is_behind_does_not_open_a_day_again() -> None:
    held = spent(account(), 3, SOON + timedelta(days=1))
    late = change(held, deduction(4), SOON)
    assert late.days == ()
    assert late.account.usage == Usage("2026-01-03", {"(none)": (7, 2)})


def test_a_day_has_room_for_so_many_tasks_and_sums_up_the_rest() -> None:
    held = account(base_left=100, purchased=900)
    for n in range(MAX_TASKS_A_DAY + 5):
        held = after(held, deduction(1, task_type=f"task-{n}"))
    usage = held.usage or Usage("", {})
    assert len(usage.by_task) == MAX_TASKS_A_DAY + 1
    assert usage.by_task[OTHER_TASKS] == (5, 5)


@given(ACCOUNTS, st.integers(1, 12_000))
def test_a_deduction_takes_exactly_its_amount_or_nothing(held: Account, amount: int) -> None:
    if amount > held.available:
        refusal(held, amount)
        return
    done = spent(held, amount, SOON)
    assert held.available - done.available == amount
    assert done.total_used - held.total_used == amount
    assert done.base == 0 or done.extra == held.extra


@given(ACCOUNTS, st.integers(1, 12_000))
def test_a_check_foretells_the_deduction(held: Account, amount: int) -> None:
    found = sufficiency(held, amount, None, POLICY, SOON)
    assert found.sufficient == (amount <= held.available)
    assert found.short_by == max(0, amount - held.available)
    assert (found.scope, found.resets_at) == ("user", held.period.end)


def test_a_check_names_the_members_cap() -> None:
    found = sufficiency(pool(ana=10), 11, "ana", POLICY, SOON)
    assert (found.sufficient, found.scope, found.short_by) == (False, "member", 1)
