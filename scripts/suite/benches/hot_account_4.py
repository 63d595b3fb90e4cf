"""Four instances, each its own process, and one account: commits a deduction."""

import multiprocessing
import os
import threading
from concurrent.futures import ThreadPoolExecutor
from typing import Any

from scripts.suite.benches._accounts import (
    HUB,
    bench_environment,
    instance,
    rich_account,
    there,
    wired,
)
from scripts.suite.counting import Costs, counted_client
from shared.tokens.commands import Deduct
from shared.tokens.ledger import broken_at

NEEDS_SUITE = True
INSTANCES = 4
EACH = 50


def run() -> dict[str, Any]:
    wiring = wired()
    account_id = rich_account(wiring)
    before = wiring.tokens.balance(account_id, there).available
    with multiprocessing.get_context("spawn").Pool(INSTANCES) as pool:
        ready = [(account_id, number) for number in range(INSTANCES)]
        found = pool.starmap(_instance, ready, chunksize=1)
    spent = before - wiring.tokens.balance(account_id, there).available
    rows = wiring.archive.chain(account_id, after=0, limit=1000)
    if spent != INSTANCES * EACH or broken_at(rows) is not None:
        raise AssertionError(f"{spent} of {INSTANCES * EACH} were spent.")
    commits = sum(commits for commits, _ in found)
    return {
        "ours": round(commits / spent, 3),
        "peer": None,
        "ratio": None,
        "unit": "commits, lost ones included, a deduction",
        "detail": {"instances": INSTANCES, "deductions": spent, "commits": commits, "lost": 0},
    }


def _instance(account_id: str, number: int) -> tuple[int, int]:
    """What one instance sends for its share: commits, and reads of the account."""
    os.environ.update(bench_environment())
    costs = Costs()
    tokens = instance(wired(), counted_client(HUB, costs))
    together = threading.Barrier(EACH)

    def spend(n: int) -> None:
        together.wait()
        tokens.deduct(account_id, Deduct(f"{number}-{n}", 1), there)

    with ThreadPoolExecutor(EACH) as pool:
        list(pool.map(spend, range(EACH)))
    return costs.commits, costs.reads
