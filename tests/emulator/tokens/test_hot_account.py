"""Many operations on one account at once: right, and few commits."""

import threading
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from functools import partial

from scripts.suite.counting import Costs, costing
from shared.kernel.errors import IdempotencyKeyReused, InsufficientTokens, Problem
from shared.tokens.commands import Deduct, Purchase
from shared.tokens.ledger import broken_at
from shared.tokens.rows import Receipt
from shared.tokens.service import Tokens
from shared.wiring import Wiring
from tests.emulator.tokens.conftest import instances, never


def outcome(tokens: Tokens, account_id: str, wanted: Deduct) -> Receipt | Problem:
    try:
        return tokens.deduct(account_id, wanted, never)
    except Problem as problem:
        return problem


def buy(tokens: Tokens, account_id: str, amount: int) -> None:
    tokens.execute(account_id, "purchase:money", Purchase("money", amount))


def test_two_hundred_at_once_on_one_instance_take_few_commits(
    tokens: Tokens, costs: Costs, wiring: Wiring, account_id: str
) -> None:
    buy(tokens, account_id, 1_000)
    together = threading.Barrier(200)

    def spend(number: int) -> Receipt | Problem:
        together.wait()
        return outcome(tokens, account_id, Deduct(f"op-{number}", 5))

    with ThreadPoolExecutor(200) as pool, costing(costs) as spent:
        outcomes = list(pool.map(spend, range(200)))
    assert all(isinstance(found, Receipt) and not found.replay for found in outcomes)
    assert wiring.tokens.balance(account_id, never).available == 100
    assert spent.calls <= 8
    assert spent.writes <= 200 + 8


def test_repeats_in_the_same_commit_get_the_first_answer(tokens: Tokens, account_id: str) -> None:
    wanted = [Deduct(f"op-{n % 4}", 10) for n in range(40)]
    with ThreadPoolExecutor(40) as pool:
        outcomes = list(pool.map(partial(outcome, tokens, account_id), wanted))
    receipts = [found for found in outcomes if isinstance(found, Receipt)]
    assert len(receipts) == 40
    assert Counter(found.replay for found in receipts) == {False: 4, True: 36}
    assert tokens.balance(account_id, never).available == 60


def test_a_key_used_for_two_amounts_at_once_is_good_for_one(
    tokens: Tokens, account_id: str
) -> None:
    wanted = [Deduct("same", 1 + n % 2) for n in range(20)]
    with ThreadPoolExecutor(20) as pool:
        outcomes = list(pool.map(partial(outcome, tokens, account_id), wanted))
    assert Counter(type(found) for found in outcomes) == {Receipt: 10, IdempotencyKeyReused: 10}


def test_one_that_is_refused_does_not_fail_the_others(tokens: Tokens, account_id: str) -> None:
    wanted = [Deduct(f"op-{n}", 1_000 if n % 10 == 0 else 1) for n in range(50)]
    with ThreadPoolExecutor(50) as pool:
        outcomes = list(pool.map(partial(outcome, tokens, account_id), wanted))
    assert Counter(type(found) for found in outcomes) == {Receipt: 45, InsufficientTokens: 5}
    assert tokens.balance(account_id, never).available == 55


def test_four_instances_lose_nothing_and_share_commits(
    wiring: Wiring, tokens: Tokens, account_id: str
) -> None:
    buy(tokens, account_id, 1_000)
    several = instances(wiring, 4)
    with ThreadPoolExecutor(200) as pool:
        outcomes = list(
            pool.map(
                lambda n: outcome(several[n % 4], account_id, Deduct(f"op-{n}", 5)), range(200)
            )
        )
    assert all(isinstance(found, Receipt) for found in outcomes)
    assert wiring.tokens.balance(account_id, never).available == 100
    rows = wiring.archive.chain(account_id, after=0, limit=500)
    assert len(rows) == 201
    assert broken_at(rows) is None
