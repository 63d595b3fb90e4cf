"""Holds on a real store: exactly one end, whoever comes first."""

from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from functools import partial

import pytest

from scripts.suite.counting import Costs, costing
from shared.kernel.clock import utc_now
from shared.kernel.errors import Conflict, NotFound, Problem
from shared.tokens.commands import Deduct, PlaceHold, Settle, Void
from shared.tokens.rows import Receipt
from shared.tokens.service import Tokens
from shared.wiring import Wiring
from tests.emulator.conftest import SetClock
from tests.emulator.tokens.conftest import instances, never

MINUTE = timedelta(minutes=1)


def held(tokens: Tokens, account_id: str, amount: int = 40) -> str:
    return tokens.hold(account_id, PlaceHold("hold", amount, MINUTE), never).entry.row_id


def test_a_settled_hold_spends_and_releases_the_rest(tokens: Tokens, account_id: str) -> None:
    hold_id = held(tokens, account_id)
    assert tokens.balance(account_id, never).available == 60
    entry = tokens.settle(account_id, Settle(hold_id, 25)).entry
    assert (entry.amount, entry.metadata) == (25, {"released": 15})
    assert tokens.balance(account_id, never).available == 75


def test_placing_and_settling_cost_two_writes_each(
    tokens: Tokens, costs: Costs, account_id: str
) -> None:
    with costing(costs) as cold:
        hold_id = held(tokens, account_id)
    with costing(costs) as warm:
        tokens.settle(account_id, Settle(hold_id, 25))
    assert (cold.as_tuple(), warm.as_tuple()) == ((2, 1, 2), (1, 0, 2))


def test_a_second_end_is_a_conflict(tokens: Tokens, account_id: str) -> None:
    hold_id = held(tokens, account_id)
    tokens.void(account_id, Void(hold_id))
    for again in (
        partial(tokens.void, account_id, Void(hold_id)),
        partial(tokens.settle, account_id, Settle(hold_id, 1)),
    ):
        with pytest.raises(Conflict):
            again()
    assert tokens.balance(account_id, never).available == 100


def test_a_hold_that_never_was_is_not_found(tokens: Tokens, account_id: str) -> None:
    with pytest.raises(NotFound):
        tokens.settle(account_id, Settle("nothing", 1))


def test_an_expired_hold_comes_back_by_itself_and_cannot_be_settled(
    tokens: Tokens, clock: SetClock, account_id: str
) -> None:
    hold_id = held(tokens, account_id)
    clock.moment = utc_now() + 2 * MINUTE
    assert tokens.balance(account_id, never).available == 100
    with pytest.raises(Conflict):
        tokens.settle(account_id, Settle(hold_id, 1))
    tokens.deduct(account_id, Deduct("after", 100), never)
    with pytest.raises(Conflict):
        tokens.settle(account_id, Settle(hold_id, 1))


def test_of_twenty_ends_at_once_exactly_one_happens(wiring: Wiring, account_id: str) -> None:
    hold_id = held(wiring.tokens, account_id)

    def end(job: tuple[int, Tokens]) -> str:
        number, tokens = job
        try:
            if number % 2:
                tokens.settle(account_id, Settle(hold_id, 10))
            else:
                tokens.void(account_id, Void(hold_id))
        except Problem as problem:
            return problem.code
        return "done"

    with ThreadPoolExecutor(20) as pool:
        outcomes = Counter(pool.map(end, enumerate(instances(wiring, 20))))
    assert outcomes == {"done": 1, "conflict": 19}
    assert wiring.tokens.balance(account_id, never).available in (90, 100)


def test_a_refund_goes_back_once(tokens: Tokens, account_id: str) -> None:
    entry = tokens.deduct(account_id, Deduct("op", 30), never).entry
    first = tokens.refund(entry, "key", "it failed")
    again = tokens.refund(entry, "key", "it failed")
    assert isinstance(first, Receipt)
    assert (again.entry, again.replay) == (first.entry, True)
    assert tokens.balance(account_id, never).available == 100
    with pytest.raises(Conflict):
        tokens.refund(entry, "another key", "it failed")
    with pytest.raises(Conflict):
        tokens.refund(first.entry, "key", "a refund of a refund")


def test_many_refunds_of_a_deduction_are_one(wiring: Wiring, account_id: str) -> None:
    entry = wiring.tokens.deduct(account_id, Deduct("op", 30), never).entry
    two = instances(wiring, 2)

    def refund(number: int) -> str:
        try:
            two[number % 2].refund(entry, f"key {number}", "it failed")
        except Conflict:
            return "refunded already"
        return "done"

    with ThreadPoolExecutor(10) as pool:
        assert Counter(pool.map(refund, range(10))) == {"done": 1, "refunded already": 9}
    assert wiring.tokens.balance(account_id, never).available == 100
