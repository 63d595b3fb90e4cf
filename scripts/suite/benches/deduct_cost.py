"""Calls, reads and writes of a deduction, against a textbook transaction; counted on the wire."""

from collections.abc import Callable
from datetime import timedelta
from functools import partial
from typing import Any
from uuid import uuid4

from scripts.suite.benches._accounts import HUB, instance, rich_account, there, wired
from scripts.suite.benches.peers import textbook
from scripts.suite.counting import Costs, costing, counted_client
from shared.tokens.commands import Deduct
from shared.tokens.periods import open_account
from shared.tokens.service import Tokens
from shared.wiring import Wiring

NEEDS_SUITE = True


def run() -> dict[str, Any]:
    """The refresh costs its row and its message on top of the deduction that meets it."""
    wiring, costs = wired(), Costs()
    client = counted_client(HUB, costs)
    account_id, due = rich_account(wiring), _due_account(wiring)
    tokens = instance(wiring, client)
    spend = partial(_spend, tokens, account_id)
    peer_deduct = partial(textbook.deduct, client, account_id, "peer", 1)
    ours = {
        "cold": _cost(costs, partial(spend, "first")),
        "warm": _cost(costs, partial(spend, "second")),
        "replay": _cost(costs, partial(spend, "second")),
        "refresh": _cost(costs, partial(_spend, tokens, due, "first")),
    }
    peer = {"cold": _cost(costs, peer_deduct), "replay": _cost(costs, peer_deduct)}
    return {
        "ours": ours["cold"]["rpc"],
        "peer": peer["cold"]["rpc"],
        "ratio": round(ours["cold"]["rpc"] / peer["cold"]["rpc"], 3),
        "unit": "RPCs of a cold deduction",
        "detail": {"ours": ours, "peer": peer},
    }


def _cost(costs: Costs, operation: Callable[[], object]) -> dict[str, int]:
    with costing(costs) as spent:
        operation()
    return {"rpc": spent.calls, "reads": spent.reads, "writes": spent.writes}


def _spend(tokens: Tokens, account_id: str, key: str) -> None:
    tokens.deduct(account_id, Deduct(key, 1), there)


def _due_account(wiring: Wiring) -> str:
    """An idle account whose cycle ended last week."""
    start = wiring.clock() - timedelta(days=40)
    account_id = f"bench-{uuid4().hex}"
    wiring.tokens.open(open_account(account_id, "free", wiring.policy, start, start))
    return account_id
