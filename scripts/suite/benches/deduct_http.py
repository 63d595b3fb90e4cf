"""Deductions over HTTP on gunicorn, 1,000 accounts, against the bare two-RPC commit."""

import json
import os
import random
import time
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from http.client import HTTPConnection
from statistics import median
from typing import Any
from uuid import uuid4

from scripts.suite.benches._accounts import bench_environment, wired
from scripts.suite.benches._figures import percentiles
from scripts.suite.benches._servers import served
from scripts.suite.paths import ROOT
from shared.auth.known_keys import issue_key
from shared.tokens.documents import account_document
from shared.tokens.periods import open_account
from shared.wiring import Wiring

NEEDS_SUITE = True
ACCOUNTS = 1_000
CLIENTS = 16
SECONDS = 6.0
ROUNDS = 3
Answers = list[float | None]
PEER = ROOT / "scripts" / "suite" / "benches" / "peers" / "bare_deduct.py"


def run() -> dict[str, Any]:
    os.environ["THREADS"] = str(CLIENTS)
    os.environ.update(bench_environment())
    wiring = wired()
    accounts, key = _accounts(wiring), _platform_key(wiring)
    ours: list[Answers] = []
    peer: list[Answers] = []
    with served(ROOT / "main.py", "tokens") as our_port, served(PEER, "deduct") as peer_port:
        for port in (our_port, peer_port):
            _load(port, accounts, key, 2.0)
        for _ in range(ROUNDS):
            ours.append(_load(our_port, accounts, key, SECONDS))
            peer.append(_load(peer_port, accounts, key, SECONDS))
    return _result(ours, peer)


def _result(ours: Sequence[Answers], peer: Sequence[Answers]) -> dict[str, Any]:
    done = [[[t for t in times if t is not None] for times in found] for found in (ours, peer)]
    rates = [median(len(times) / SECONDS for times in found) for found in done]
    return {
        "ours": round(rates[0], 1),
        "peer": round(rates[1], 1),
        "ratio": round(rates[0] / rates[1], 3),
        "unit": "deductions/s",
        "detail": {
            "clients": CLIENTS,
            "accounts": ACCOUNTS,
            "oursMs": percentiles([time for times in done[0] for time in times]),
            "peerMs": percentiles([time for times in done[1] for time in times]),
            "oursFailed": sum(times.count(None) for times in ours),
            "peerFailed": sum(times.count(None) for times in peer),
        },
    }


def _load(port: int, accounts: Sequence[str], key: str, seconds: float) -> Answers:
    """How long each deduction took, of as many as were done in the time."""
    until = time.perf_counter() + seconds
    with ThreadPoolExecutor(CLIENTS) as pool:
        jobs = [pool.submit(_client, port, accounts, key, until, seed) for seed in range(CLIENTS)]
        return [took for job in jobs for took in job.result()]


def _client(port: int, accounts: Sequence[str], key: str, until: float, seed: int) -> Answers:
    connection = HTTPConnection("127.0.0.1", port)
    choice = random.Random(seed)  # noqa: S311  # it only spreads the load
    times: Answers = []
    while (began := time.perf_counter()) < until:
        body = json.dumps({"amount": 1, "account": choice.choice(accounts)})
        headers = {
            "Content-Type": "application/json",
            "X-API-Key": key,
            "Idempotency-Key": uuid4().hex,
        }
        connection.request("POST", "/deduct", body, headers)
        answer = connection.getresponse()
        answer.read()
        # The bare commit loses a race now and then and gives up on it: that is not a deduction.
        times.append(time.perf_counter() - began if answer.status == 201 else None)
    connection.close()
    return times


def _platform_key(wiring: Wiring) -> str:
    expires = wiring.clock() + timedelta(days=1)
    return issue_key(wiring.api_keys, wiring.settings, "bench", "hyphae", None, expires).text


def _accounts(wiring: Wiring) -> list[str]:
    names = [f"bench-{uuid4().hex}" for _ in range(ACCOUNTS)]
    now = wiring.clock()
    for at in range(0, ACCOUNTS, 250):
        batch = wiring.hub.batch()
        for name in names[at : at + 250]:
            account = open_account(name, "enterprise", wiring.policy, now, now)
            reference = wiring.hub.collection("token_balances").document(name)
            batch.set(reference, account_document(account))
        batch.commit()
    return names
