"""Signed deliveries on record to a local sink, against bare `requests.post` to the same."""

import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from typing import Any
from uuid import uuid4

import requests

from scripts.suite.benches._accounts import wired
from scripts.suite.benches._figures import compared
from scripts.suite.http import wait_until_answering
from scripts.suite.paths import ROOT
from shared.events.models import EVERYBODY, Event
from shared.webhooks.documents import body_of
from shared.webhooks.service import Draft
from shared.wiring import Wiring

NEEDS_SUITE = True
SINK = ROOT / "scripts" / "suite" / "benches" / "peers" / "sink.py"
PORT = 9790
URL = f"http://127.0.0.1:{PORT}/hook"
THREADS = 40  # as many as functions.yaml lets an instance have
TENANTS = 8
SECONDS = 4.0
WARM_UP_SECONDS = 6.0  # the emulator compiles what it is asked for often
ROUNDS = 5
Send = Callable[[int], None]


def run() -> dict[str, Any]:
    wiring = wired()
    tenants = [f"bench-{uuid4().hex}" for _ in range(TENANTS)]
    with _sink():
        for tenant in tenants:
            wiring.webhooks.register(tenant, Draft(URL, ("*",)))
        rates = _rates(_ours(wiring, tenants), _peer(wiring))
    return _result(rates)


def _result(rates: list[tuple[float, float]]) -> dict[str, Any]:
    return {
        **compared(rates),
        "unit": "deliveries/s",
        "detail": {"threads": THREADS, "tenants": TENANTS, "rounds": ROUNDS, "seconds": SECONDS},
    }


def _rates(ours: Send, peer: Send) -> list[tuple[float, float]]:
    """In turns, after a warm-up of each."""
    for send in (ours, peer):
        _rate(send, WARM_UP_SECONDS)
    return [(_rate(ours, SECONDS), _rate(peer, SECONDS)) for _ in range(ROUNDS)]


def _rate(send: Send, seconds: float) -> float:
    until = time.perf_counter() + seconds

    def client(number: int) -> int:
        done = 0
        while time.perf_counter() < until:
            send(number)
            done += 1
        return done

    with ThreadPoolExecutor(THREADS) as pool:
        return sum(pool.map(client, range(THREADS))) / seconds


def _ours(wiring: Wiring, tenants: list[str]) -> Send:
    """From the moment that an event is stored: find its endpoints, create, sign, send, record."""

    def send(number: int) -> None:
        event = _event(wiring, tenants[number % len(tenants)])
        wiring.webhook_fan_out.tell(event, time.time_ns())

    return send


def _peer(wiring: Wiring) -> Send:
    """A session a thread, the same body: not signed, and nobody knows afterwards."""
    mine = threading.local()

    def send(_: int) -> None:
        if not hasattr(mine, "session"):
            mine.session = requests.Session()
        headers = {"Content-Type": "application/json"}
        body = body_of(_event(wiring, "bench"))
        mine.session.post(URL, data=body, headers=headers, timeout=15).raise_for_status()

    return send


def _event(wiring: Wiring, tenant: str) -> Event:
    payload = {"caseId": uuid4().hex, "name": "Luna", "status": "adopted", "weight": 12}
    now = wiring.clock()
    return Event(uuid4().hex, "case_changed", "SMP", (EVERYBODY,), payload, tenant, now)


@contextmanager
def _sink() -> Iterator[None]:
    process = subprocess.Popen([sys.executable, str(SINK), str(PORT)])
    try:
        wait_until_answering(f"127.0.0.1:{PORT}", 10)
        yield
    finally:
        process.terminate()
        process.wait(10)
