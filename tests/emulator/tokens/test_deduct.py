"""Deductions on a real store: never more than is there, never twice, at the stated cost."""

from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from functools import partial

import pytest

from scripts.suite.counting import Costs, costing
from shared.kernel.errors import IdempotencyKeyReused, InsufficientTokens
from shared.tokens.commands import Deduct
from shared.tokens.periods import open_account
from shared.tokens.rows import Receipt
from shared.tokens.service import Tokens
from shared.wiring import Wiring
from tests.builders import NEW_YEAR, unique
from tests.emulator.conftest import SetClock
from tests.emulator.tokens.conftest import instances, never


def outcome(tokens: Tokens, account_id: str, wanted: Deduct) -> Receipt | InsufficientTokens:
    try:
        return tokens.deduct(account_id, wanted, never)
    except InsufficientTokens as refusal:
        return refusal


def test_cold_it_costs_two_calls_one_read_and_two_writes(
    tokens: Tokens, costs: Costs, account_id: str
) -> None:
    with costing(costs) as spent:
        tokens.deduct(account_id, Deduct("op", 1), never)
    assert spent.as_tuple() == (2, 1, 2)


def test_warm_it_costs_one_call_no_read_and_two_writes(
    tokens: Tokens, costs: Costs, account_id: str
) -> None:
    tokens.deduct(account_id, Deduct("first", 1), never)
    with costing(costs) as spent:
        tokens.deduct(account_id, Deduct("second", 1), never)
    assert spent.as_tuple() == (1, 0, 2)


def test_repeated_it_costs_two_calls_one_read_and_no_write(
    tokens: Tokens, costs: Costs, account_id: str
) -> None:
    first = tokens.deduct(account_id, Deduct("op", 1), never)
    with costing(costs) as spent:
        again = tokens.deduct(account_id, Deduct("op", 1), never)
    assert spent.as_tuple() == (2, 1, 0)
    assert (again.entry, again.replay) == (first.entry, True)


def test_the_first_in_a_new_cycle_costs_a_row_and_a_message_more(
    tokens: Tokens, costs: Costs, clock: SetClock, wiring: Wiring
) -> None:
    account_id = unique("account")
    wiring.tokens.open(open_account(account_id, "free", wiring.policy, NEW_YEAR, NEW_YEAR))
    clock.moment = NEW_YEAR + timedelta(days=40)
    with costing(costs) as spent:
        tokens.deduct(account_id, Deduct("op", 1), never)
    assert spent.as_tuple() == (2, 1, 4)


def test_fifty_parallel_repeats_of_one_deduction_spend_once(
    wiring: Wiring, account_id: str
) -> None:
    with ThreadPoolExecutor(50) as pool:
        spend = partial(outcome, account_id=account_id, wanted=Deduct("same", 7))
        receipts = list(pool.map(spend, instances(wiring, 50)))
    rows = [receipt.entry for receipt in receipts if isinstance(receipt, Receipt)]
    assert rows == [rows[0]] * 50
    assert wiring.tokens.balance(account_id, never).available == 93


def test_fifty_deductions_from_twenty_tokens_spend_twenty_and_refuse_thirty(
    wiring: Wiring, account_id: str
) -> None:
    wiring.tokens.deduct(account_id, Deduct("before", 80), never)
    with ThreadPoolExecutor(50) as pool:
        jobs = enumerate(instances(wiring, 50))
        outcomes = list(
            pool.map(lambda job: outcome(job[1], account_id, Deduct(f"op-{job[0]}", 1)), jobs)
        )
    assert Counter(type(found).__name__ for found in outcomes) == {
        "Receipt": 20,
        "InsufficientTokens": 30,
    }
    refusals = [found for found in outcomes if isinstance(found, InsufficientTokens)]
    assert {refusal.members["shortBy"] for refusal in refusals} == {1}
    assert wiring.tokens.balance(account_id, never).available == 0


def test_a_repeat_is_answered_even_when_nothing_is_left(tokens: Tokens, account_id: str) -> None:
    first = tokens.deduct(account_id, Deduct("all", 100), never)
    assert tokens.deduct(account_id, Deduct("all", 100), never).entry == first.entry


def test_a_key_is_not_good_for_another_deduction(tokens: Tokens, account_id: str) -> None:
    tokens.deduct(account_id, Deduct("op", 1), never)
    with pytest.raises(IdempotencyKeyReused):
        tokens.deduct(account_id, Deduct("op", 2), never)


def test_a_refusal_by_an_old_memory_is_checked_with_the_store(
    tokens: Tokens, wiring: Wiring, account_id: str
) -> None:
    tokens.deduct(account_id, Deduct("all", 100), never)
    document = wiring.hub.collection("token_balances").document(account_id)
    document.update({"purchasedTokens": 5})
    assert tokens.deduct(account_id, Deduct("bought", 5), never).entry.from_purchased == 5


def test_an_account_opens_once_however_many_look_at_it_first(wiring: Wiring) -> None:
    account_id = unique("account")
    with ThreadPoolExecutor(10) as pool:
        found = list(
            pool.map(
                lambda tokens: tokens.balance(account_id, tokens.free(lambda _: "t")),
                instances(wiring, 10),
            )
        )
    assert len({account.period.anchor for account in found}) == 1
