"""200 parallel deductions on one account and instance, against @transactional."""

import threading
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

from scripts.suite.benches._accounts import HUB, instance, rich_account, there, wired
from scripts.suite.benches.peers import textbook
from scripts.suite.counting import Costs, costing, counted_client
from shared.tokens.commands import Deduct

NEEDS_SUITE = True
PARALLEL = 200
ROUNDS = 3


def run() -> dict[str, Any]:
    wiring, costs = wired(), Costs()
    client = counted_client(HUB, costs)
    account_id, peers = rich_account(wiring), rich_account(wiring)
    tokens = instance(wiring, client)
    ours, peer, calls = [], [], []
    for round_ in range(ROUNDS):
        with costing(costs) as spent:
            ours.append(
                _rate(lambda n: _deducted(tokens, account_id, f"{round_}-{n}"))  # noqa: B023  # called at once
            )
        calls.append(spent.calls)
        peer.append(
            _rate(lambda n: _transacted(wiring.hub, peers, f"{round_}-{n}"))  # noqa: B023  # called at once
        )
    return _result(ours, peer, calls)


def _result(
    ours: list[tuple[int, float]], peer: list[tuple[int, float]], calls: list[int]
) -> dict[str, Any]:
    """Only what was done counts; the peer gives up on most."""
    rates = [sum(n for n, _ in found) / sum(s for _, s in found) for found in (ours, peer)]
    return {
        "ours": round(rates[0], 1),
        "peer": round(rates[1], 2),
        "ratio": round(rates[0] / rates[1], 1) if rates[1] else None,
        "unit": "deductions/s",
        "detail": {
            "parallel": PARALLEL,
            "oursDone": [n for n, _ in ours],
            "peerDone": [n for n, _ in peer],
            "oursCallsPerRound": calls,
        },
    }


def _rate(act: Callable[[int], bool]) -> tuple[int, float]:
    together = threading.Barrier(PARALLEL + 1)

    def once(number: int) -> bool:
        together.wait()
        return act(number)

    with ThreadPoolExecutor(PARALLEL) as pool:
        futures = [pool.submit(once, number) for number in range(PARALLEL)]
        together.wait()
        began = time.perf_counter()
        done = sum(future.result() for future in futures)
        return done, time.perf_counter() - began


def _deducted(tokens: Any, account_id: str, key: str) -> bool:
    return not tokens.deduct(account_id, Deduct(key, 1), there).replay


def _transacted(client: Any, account_id: str, key: str) -> bool:
    try:
        return textbook.deduct(client, account_id, key, 1)
    except Exception:  # however it gave up, it was not done
        return False
