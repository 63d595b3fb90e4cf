"""5,000 due accounts refreshed by the page, against one @transactional an account."""

import gc
import time
from collections.abc import Callable, Sequence
from datetime import timedelta
from functools import partial
from statistics import median
from typing import Any
from uuid import uuid4

from google.cloud import firestore

from scripts.suite.benches._accounts import HUB, wired
from scripts.suite.benches.peers import textbook
from scripts.suite.counting import Costs, counted_client
from shared.billing.models import DuePage
from shared.billing.service import PAGE_SIZE, Billing
from shared.billing.store import DueAccounts
from shared.tokens.commands import Deduct
from shared.tokens.documents import account_document
from shared.tokens.periods import open_account
from shared.tokens.renewal import Renewal
from shared.tokens.rules import apply
from shared.tokens.store import Accounts
from shared.wiring import Wiring

NEEDS_SUITE = True
ACCOUNTS = 5_000
ROUNDS = 5
WARMING = 1_000  # of each side: the emulator compiles its code while it runs
COUNTED = 200
SEEDED_A_COMMIT = 250
REST_SECONDS = 0.3  # in which the emulator ends what the making of accounts began


def run() -> dict[str, Any]:
    """In turns, a fifth of the accounts each, so that all meet the same noise."""
    wiring, plain = wired(), firestore.Client(project=HUB)
    spent = _spent(wiring)
    gc.freeze()  # as main.py does in an instance
    _round(wiring, plain, WARMING)
    rounds = [_round(wiring, plain, ACCOUNTS // ROUNDS) for _ in range(ROUNDS)]
    ours, peer, alike = map(sum, zip(*rounds, strict=True))
    ratios = [theirs / mine for mine, theirs, _ in rounds]
    return {
        "ours": round(ACCOUNTS / ours),
        "peer": round(ACCOUNTS / peer),
        "ratio": round(median(ratios), 2),
        "unit": "accounts/s",
        "detail": {
            "accounts": ACCOUNTS,
            "ratios": [round(ratio, 2) for ratio in ratios],
            "writesAnAccount": spent.writes / COUNTED,
            "readsAnAccount": spent.reads / COUNTED,
            "callsAnAccount": spent.calls / COUNTED,
            "peerWithOurRuleAndDocuments": round(ACCOUNTS / alike),
        },
    }


def _round(wiring: Wiring, plain: firestore.Client, share: int) -> tuple[float, float, float]:
    """Seconds for as many accounts each: ours, the peer, and the peer with our rule."""
    return (
        _timed(partial(_refresh, wiring.billing, _due_accounts(wiring, share))),
        _timed(partial(_transact, plain, wiring, _due_accounts(wiring, share))),
        _timed(partial(_transact_alike, wiring, _due_accounts(wiring, share))),
    )


def _spent(wiring: Wiring) -> Costs:
    """What some accounts cost, apart from the others: counting takes time."""
    costs, due = Costs(), _due_accounts(wiring, COUNTED)
    counted = Renewal(Accounts(counted_client(HUB, costs)), wiring.policy, wiring.clock)
    _refresh(Billing(DueAccounts(wiring.hub), counted, lambda _: None, wiring.clock), due)
    return costs


def _refresh(billing: Billing, account_ids: Sequence[str]) -> None:
    pages = (account_ids[at : at + PAGE_SIZE] for at in range(0, len(account_ids), PAGE_SIZE))
    done = sum(billing.refresh_page(DuePage(account_ids=page)).refreshed for page in pages)
    if done != len(account_ids):
        raise AssertionError(f"{done} of {len(account_ids)} were refreshed.")


def _transact(plain: firestore.Client, wiring: Wiring, account_ids: Sequence[str]) -> None:
    for account_id in account_ids:
        textbook.refresh(plain, account_id, wiring.clock())


def _transact_alike(wiring: Wiring, account_ids: Sequence[str]) -> None:
    for account_id in account_ids:
        textbook.refresh_alike(wiring.hub, account_id, wiring.policy, wiring.clock())


def _due_accounts(wiring: Wiring, count: int) -> list[str]:
    """Each began at a moment of its own, and has spent something since."""
    start = wiring.clock() - timedelta(days=40)
    names = [f"bench-{uuid4().hex}" for _ in range(count)]
    for at in range(0, count, SEEDED_A_COMMIT):
        batch = wiring.hub.batch()
        for name in names[at : at + SEEDED_A_COMMIT]:
            start += timedelta(seconds=1)
            fresh = open_account(name, "free", wiring.policy, start, start)
            account = apply(fresh, Deduct("last month", 60), wiring.policy, start).account
            reference = wiring.hub.collection("token_balances").document(name)
            batch.set(reference, account_document(account))
        batch.commit()
    time.sleep(REST_SECONDS)
    return names


def _timed(act: Callable[[], None]) -> float:
    began = time.perf_counter()
    act()
    return time.perf_counter() - began
