"""Workers that die in the middle: what was accepted is in the ledger, once."""

import multiprocessing
import os
import time
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from datetime import timedelta

import pytest
import requests

from shared.kernel.clock import utc_now
from shared.kernel.settings import read_settings
from shared.tokens.ledger import broken_at
from shared.tokens.periods import open_account
from shared.wiring import Wiring
from tests.builders import claims, unique, unsigned_token
from tests.workers import Worker, working

KEYS = 120
PATIENCE_SECONDS = 60


def insist(worker: Worker, token: str, key: str) -> int:
    """Ask again with the same key, as a client does, until there is an answer."""
    headers = {"Authorization": f"Bearer {token}", "Idempotency-Key": key}
    deadline = time.monotonic() + PATIENCE_SECONDS
    while time.monotonic() < deadline:
        with suppress(requests.RequestException):
            answer = requests.post(
                f"{worker.url}/deduct", json={"amount": 1}, headers=headers, timeout=10
            )
            if answer.status_code < 500:
                return answer.status_code
        time.sleep(0.05)
    raise AssertionError(f"{key} had no answer")


@pytest.mark.timeout(180)
def test_a_burst_whose_worker_is_killed_three_times_spends_each_key_once(wiring: Wiring) -> None:
    token = unsigned_token(claims(utc_now()))
    account_id = wiring.auth.caller_with_token(token).user_id or ""
    wiring.tokens.open(open_account(account_id, "pro", wiring.policy, utc_now(), utc_now()))
    keys = [unique("key") for _ in range(KEYS)]
    with working("tokens") as worker, ThreadPoolExecutor(16) as pool:
        answers = [pool.submit(insist, worker, token, key) for key in keys]
        for _ in range(3):
            time.sleep(1.2)
            worker.kill()
            worker.start()
        assert {answer.result() for answer in answers} == {201}
    rows = wiring.archive.chain(account_id, after=0, limit=KEYS + 1)
    assert len(rows) == KEYS
    assert broken_at(rows) is None
    seen = wiring.accounts.look(account_id).account
    assert seen is not None
    assert seen.available == 10_000 - KEYS


def refresh_for_ever(account_ids: Sequence[str]) -> None:
    renewal = Wiring(read_settings(os.environ)).renewal
    for at in range(0, len(account_ids), 20):
        renewal.refresh(account_ids[at : at + 20])


@pytest.mark.timeout(180)
def test_a_refresh_whose_worker_is_killed_leaves_none_twice_and_none_out(wiring: Wiring) -> None:
    start = utc_now() - timedelta(days=40)
    account_ids = [unique("due") for _ in range(400)]
    for account_id in account_ids:
        wiring.tokens.open(open_account(account_id, "free", wiring.policy, start, start))
    context = multiprocessing.get_context("spawn")
    for patience in (1.0, 1.3, None):
        worker = context.Process(target=refresh_for_ever, args=(account_ids,))
        worker.start()
        worker.join(patience)
        worker.kill()
        worker.join()
    for account_id in account_ids[::20]:
        types = [row["type"] for row in wiring.archive.chain(account_id, after=0, limit=10)]
        assert types == ["refresh"]
    assert wiring.renewal.refresh(account_ids).refreshed == 0
