"""Refunds of deductions: each part goes back where it came from."""

from datetime import timedelta

from shared.tokens.models import Limits
from tests.builders import account, deduction
from tests.unit.tokens.steps import (
    FEBRUARY,
    after,
    change,
    gift,
    lefts,
    limits,
    purchase,
    refund,
    taken_from,
)


def test_a_refund_puts_each_part_back_where_it_came_from() -> None:
    held = after(account(purchased=50), gift(10, FEBRUARY))
    spent = change(held, deduction(130))
    done = change(spent.account, refund(spent.rows[-1]))
    assert lefts(done.account) == lefts(held)
    assert done.account.total_used == 0
    assert taken_from(done.rows[-1]) == taken_from(spent.rows[-1])
    assert done.rows[-1].reference == spent.rows[-1].row_id


def test_two_refunds_of_one_deduction_would_stand_in_the_same_row() -> None:
    spent = change(account(purchased=50), deduction(130))
    once = change(spent.account, refund(spent.rows[-1]))
    twice = change(once.account, refund(spent.rows[-1]))
    assert once.rows[-1].row_id == twice.rows[-1].row_id


def test_included_tokens_of_an_older_cycle_do_not_come_back() -> None:
    spent = change(account(purchased=50), deduction(130))
    done = change(spent.account, refund(spent.rows[-1]), FEBRUARY)
    assert lefts(done.account) == {"included": 100, "purchased": 50}
    assert dict(done.rows[-1].postings) == {
        "user:purchased": 30,
        "system:expired": 100,
        "system:consumed": -130,
    }


def test_a_refund_of_an_older_cycle_leaves_what_this_one_used() -> None:
    spent = change(account(purchased=50), deduction(130, actor="ana"))
    later = after(spent.account, deduction(7, "later", actor="ana"), now=FEBRUARY)
    done = after(later, refund(spent.rows[-1]), now=FEBRUARY)
    assert (done.total_used, done.member_used) == (7, {"ana": 7})


def test_what_came_from_a_gift_that_has_lapsed_is_gone() -> None:
    spent = change(after(account(base_left=0), gift(10, FEBRUARY)), deduction(10))
    done = change(spent.account, refund(spent.rows[-1]), FEBRUARY - timedelta(seconds=1))
    assert done.account.available == 10
    assert after(spent.account, refund(spent.rows[-1]), now=FEBRUARY).extra == 0


def test_a_refund_of_what_was_owed_repays_it() -> None:
    spent = change(after(account(), limits("unlimited")), deduction(130))
    done = change(spent.account, refund(spent.rows[-1]))
    assert (done.account.debt, lefts(done.account)) == (0, {"included": 100})


def test_a_refund_of_what_was_owed_and_repaid_since_comes_back_as_bought() -> None:
    spent = change(after(account(), limits("unlimited")), deduction(130))
    done = change(after(spent.account, purchase(20)), refund(spent.rows[-1]))
    assert (done.account.debt, lefts(done.account)) == (0, {"included": 100, "purchased": 20})
    assert taken_from(done.rows[-1]) == {"included": 100, "purchased": 20}


def test_a_refund_gives_the_member_their_part_of_the_cap_back() -> None:
    held = account(account_id="org_t", limits=Limits(member_caps={"ana": 50}))
    spent = change(held, deduction(50, actor="ana"))
    assert after(spent.account, refund(spent.rows[-1])).member_used == {"ana": 0}
