"""Tokens that come in, and those that are taken back for money that went back."""

from dataclasses import replace
from datetime import timedelta

import pytest

from shared.kernel.errors import Conflict, ValidationFailed
from shared.tokens.commands import Touch
from shared.tokens.granting import MAX_LOTS
from shared.tokens.models import Account
from tests.builders import account, deduction
from tests.unit.tokens.steps import (
    FEBRUARY,
    SOON,
    adjust,
    after,
    change,
    gift,
    hold,
    lefts,
    purchase,
    take_back,
)


def owing(debt: int) -> Account:
    return replace(account(base_left=0), debt=debt)


def test_bought_tokens_come_to_those_that_are_there() -> None:
    done = change(account(purchased=5), purchase(40))
    assert lefts(done.account) == {"included": 100, "purchased": 45}
    assert (done.rows[-1].type, done.rows[-1].amount) == ("purchase", 40)
    assert dict(done.rows[-1].postings) == {"user:purchased": 40, "system:sold": -40}


def test_one_payment_is_one_row_whatever_else_is_said() -> None:
    first, second = change(account(), purchase(40)), change(owing(3), purchase(90))
    assert first.rows[-1].row_id == second.rows[-1].row_id


def test_what_is_owed_is_repaid_before_anything_comes_in() -> None:
    done = change(owing(30), purchase(40))
    assert (done.account.debt, done.account.available) == (0, 10)
    assert dict(done.rows[-1].postings) == {
        "user:purchased": 10,
        "user:debt": 30,
        "system:sold": -40,
    }


def test_what_comes_in_may_be_less_than_is_owed() -> None:
    for command in (purchase(20), gift(20), adjust(20)):
        done = after(owing(30), command)
        assert (done.debt, done.available) == (10, 0)


def test_a_gift_lapses_when_its_time_is_up() -> None:
    held = after(account(), gift(30, SOON + timedelta(days=1)))
    assert held.available == 130
    done = change(held, Touch(), SOON + timedelta(days=1))
    assert [(row.type, row.amount) for row in done.rows] == [("expire", 30)]
    assert dict(done.rows[-1].postings) == {"user:promo": -30, "system:expired": 30}
    assert lefts(done.account) == {"included": 100}


def test_an_empty_gift_lapses_without_a_row() -> None:
    held = after(account(base_left=0), gift(30, SOON + timedelta(days=1)), deduction(30))
    done = change(held, Touch(), SOON + timedelta(days=1))
    assert (done.rows, [lot.kind for lot in done.account.lots]) == ((), ["included", "purchased"])


def test_gifts_without_end_are_one_lot() -> None:
    held = after(account(), gift(30, operation="one"), gift(12, operation="two"))
    assert lefts(held) == {"included": 100, "promo": 42}


def test_there_can_be_too_many_gifts() -> None:
    held = account()
    for n in range(MAX_LOTS - len(held.lots)):
        held = after(held, gift(1, FEBRUARY, f"gift-{n}"))
    with pytest.raises(Conflict):
        change(held, gift(1, FEBRUARY))


def test_a_correction_up_is_a_lot_of_its_own_with_its_reason() -> None:
    done = change(account(), adjust(30))
    assert lefts(done.account) == {"included": 100, "adjust": 30}
    assert done.rows[-1].metadata == {"reason": "counted wrong", "actor": "admin"}


def test_a_correction_down_takes_from_all_lots_and_then_owes() -> None:
    done = change(account(purchased=50), adjust(-160))
    assert (done.account.available, done.account.debt) == (0, 10)
    assert (done.rows[-1].type, done.rows[-1].amount) == ("adjust", -160)
    assert dict(done.rows[-1].postings) == {
        "user:included": -100,
        "user:purchased": -50,
        "user:debt": -10,
        "system:issued": 160,
    }
    assert done.account.total_used == 0


def test_money_that_went_back_takes_unused_bought_tokens_and_nothing_else() -> None:
    done = change(account(purchased=50), take_back(50))
    assert lefts(done.account) == {"included": 100}
    assert done.rows[-1].reference == "pi_1"


def test_bought_tokens_that_were_spent_are_owed_when_their_money_goes_back() -> None:
    done = change(account(purchased=20), take_back(50))
    assert (lefts(done.account), done.account.debt) == ({"included": 100}, 30)
    assert dict(done.rows[-1].postings) == {
        "user:purchased": -20,
        "user:debt": -30,
        "system:sold": 50,
    }


def test_one_reversal_is_one_row() -> None:
    one, two = change(account(), take_back(1)), change(account(purchased=9), take_back(2))
    assert one.rows[-1].row_id == two.rows[-1].row_id
    assert one.rows[-1].row_id != change(account(), take_back(1, "re_2")).rows[-1].row_id


def test_what_is_held_is_not_taken_back() -> None:
    held = after(account(base_left=0, purchased=50), hold(50))
    done = after(held, take_back(50))
    assert (done.debt, done.held) == (50, 50)


@pytest.mark.parametrize("amount", [20, -20])
def test_a_correction_without_a_reason_is_refused(amount: int) -> None:
    with pytest.raises(ValidationFailed):
        change(account(), replace(adjust(amount), reason=" "))
