"""Mixed calls and credentials at 2,000 a minute, and flat out, against no auth and no limits."""

import json
import os
import random
import threading
import time
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from http.client import HTTPConnection
from statistics import median
from typing import Any, NamedTuple
from uuid import uuid4

import jwt

from scripts.suite.benches._accounts import bench_environment, wired
from scripts.suite.benches._figures import percentiles
from scripts.suite.benches._servers import served
from scripts.suite.paths import ROOT
from shared.auth.known_keys import issue_key
from shared.wiring import Wiring

NEEDS_SUITE = True
PEER = ROOT / "scripts" / "suite" / "benches" / "peers" / "open_tokens.py"
A_MINUTE = 2_000
MINUTE_SECONDS = 60.0
FLAT_SECONDS = 5.0
ROUNDS = 4
CLIENTS = 8
PEOPLE = 20
IDLE_SECONDS = 1.0
CALLS = [("GET", "/balance"), ("POST", "/check"), ("GET", "/transactions"), ("GET", "/usage")]


class Answers(NamedTuple):
    """How long each call took, in seconds, and how many were not answered by a 200."""

    times: list[float]
    failed: int


def run() -> dict[str, Any]:
    os.environ.update(bench_environment() | {"THREADS": str(2 * CLIENTS)})
    wiring = wired()
    callers = _callers(wiring)
    os.environ["CALLERS"] = json.dumps(callers)
    with served(ROOT / "main.py", "tokens") as our_port, served(PEER, "tokens") as peer_port:
        for port in (our_port, peer_port):
            _flat_out(port, list(callers), 1.0)
        steady = _steady(our_port, list(callers))
        turns = [
            [_flat_out(port, list(callers), FLAT_SECONDS) for port in (our_port, peer_port)]
            for _ in range(ROUNDS)
        ]
    return _result(steady, turns)


def _result(steady: Answers, turns: Sequence[Sequence[Answers]]) -> dict[str, Any]:
    ours, peer = (median(len(turn[side].times) / FLAT_SECONDS for turn in turns) for side in (0, 1))
    return {
        "ours": round(ours, 1),
        "peer": round(peer, 1),
        "ratio": round(ours / peer, 3),
        "unit": "calls/s",
        "detail": {
            "steadyMs": percentiles(steady.times),
            "steadyCalls": len(steady.times),
            "oursFailed": steady.failed + sum(turn[0].failed for turn in turns),
            "peerFailed": sum(turn[1].failed for turn in turns),
            "clients": CLIENTS,
        },
    }


def _steady(port: int, credentials: Sequence[str]) -> Answers:
    """A call every thirty milliseconds, whatever became of those before."""
    began, gap = time.perf_counter(), 60 / A_MINUTE
    count = int(MINUTE_SECONDS / gap)
    with ThreadPoolExecutor(2 * CLIENTS) as pool:
        client = _Client(port, credentials)
        jobs = []
        for number in range(count):
            time.sleep(max(0.0, began + number * gap - time.perf_counter()))
            jobs.append(pool.submit(client.call))
        return _together([job.result() for job in jobs])


def _flat_out(port: int, credentials: Sequence[str], seconds: float) -> Answers:
    until = time.perf_counter() + seconds
    client = _Client(port, credentials)

    def work(_: int) -> list[tuple[float, int]]:
        done = []
        while time.perf_counter() < until:
            done.append(client.call())
        return done

    with ThreadPoolExecutor(CLIENTS) as pool:
        return _together([answer for done in pool.map(work, range(CLIENTS)) for answer in done])


def _together(done: Sequence[tuple[float, int]]) -> Answers:
    return Answers([took for took, _ in done], sum(status != 200 for _, status in done))


class _Client:
    """A connection for each thread, which it keeps."""

    def __init__(self, port: int, credentials: Sequence[str]) -> None:
        self._port, self._credentials = port, credentials
        self._local = threading.local()
        self._choice = random.Random(7)  # noqa: S311  # it only mixes the calls

    def call(self) -> tuple[float, int]:
        began = time.perf_counter()
        method, path = self._choice.choice(CALLS)
        body = json.dumps({"amount": 1}) if method == "POST" else None
        connection = self._connection
        connection.request(method, path, body, self._headers())
        answer = connection.getresponse()
        answer.read()
        return time.perf_counter() - began, answer.status

    @property
    def _connection(self) -> HTTPConnection:
        """A new one where the server may have closed it, as it does after two idle seconds."""
        now = time.monotonic()
        if now - getattr(self._local, "used", -IDLE_SECONDS) >= IDLE_SECONDS:
            self._local.connection = HTTPConnection("127.0.0.1", self._port)
        self._local.used = now
        connection: HTTPConnection = self._local.connection
        return connection

    def _headers(self) -> dict[str, str]:
        credential = self._choice.choice(self._credentials)
        named = "X-API-Key" if credential.startswith("hy_") else "Authorization"
        value = credential if named == "X-API-Key" else f"Bearer {credential}"
        return {named: value, "Content-Type": "application/json"}


def _callers(wiring: Wiring) -> dict[str, tuple[str, str]]:
    """Keys of tenants, access tokens and ID tokens, and whose account each is for."""
    found: dict[str, tuple[str, str]] = {}
    for _ in range(PEOPLE):
        tenant = f"bench-{uuid4().hex[:12]}"
        wiring.tenants.put_tenant(tenant, f"slug-of-{tenant}", "A tenant", ("SMP",))
        wiring.tokens.balance(f"org_{tenant}", wiring.tokens.free(lambda _: None))
        expires = wiring.clock() + timedelta(days=1)
        key = issue_key(wiring.api_keys, wiring.settings, "bench", "SMP", tenant, expires).text
        token, caller = _signed_in(wiring)
        granted = wiring.sessions.begin(caller, "demo-app", None, "bench")
        found |= {key: ("key", tenant), token: ("user", str(caller.user_id))}
        found[granted.access_token] = ("user", str(caller.user_id))
    return found


def _signed_in(wiring: Wiring) -> Any:
    """An ID token as the Auth emulator makes them, and its user, whose account is open."""
    now = int(wiring.clock().timestamp())
    stated = {
        "iss": "https://securetoken.google.com/demo-app",
        "aud": "demo-app",
        "sub": uuid4().hex,
        **dict.fromkeys(("iat", "auth_time"), now),
        "exp": now + 3600,
        "firebase": {"sign_in_provider": "password"},
    }
    token = jwt.encode(stated, "", algorithm="none")
    caller = wiring.auth.caller_with_token(token)
    wiring.tokens.balance(str(caller.user_id), wiring.tokens.free(lambda _: None))
    return token, caller
