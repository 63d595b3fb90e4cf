"""Calls, reads and writes of a deduction, against a textbook transaction; counted on the wire."""

from collections.abc import Callable
from functools import partial
from typing import Any
from uuid import uuid4

from scripts.suite.benches.peers import textbook
from scripts.suite.counting import Costs, costing, counted_client
from scripts.suite.environment import HUB, suite_environment
from shared.kernel.settings import read_settings
from shared.tokens.commands import Deduct
from shared.tokens.desk import Desk
from shared.tokens.models import Account
from shared.tokens.service import Tokens
from shared.tokens.store import Accounts
from shared.wiring import Wiring

NEEDS_SUITE = True


def run() -> dict[str, Any]:
    costs = Costs()
    client = counted_client(HUB, costs)
    account_id = f"bench-{uuid4().hex}"
    settings = read_settings(suite_environment())
    wiring = Wiring(settings)
    wiring.tokens.balance(account_id, wiring.tokens.free(lambda _: None))
    accounts = Accounts(client)
    desk = Desk(accounts, wiring.policy, wiring.clock)
    tokens = Tokens(accounts, desk, wiring.policy, wiring.clock)
    spend = partial(_spend, tokens, account_id)
    peer_deduct = partial(textbook.deduct, client, account_id, "peer", 1)
    ours = {
        "cold": _cost(costs, partial(spend, "first")),
        "warm": _cost(costs, partial(spend, "second")),
        "replay": _cost(costs, partial(spend, "second")),
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
    tokens.deduct(account_id, Deduct(key, 1), _there)


def _there(account_id: str) -> Account:
    raise AssertionError(f"{account_id} is there")
