"""Process start to the first 200 of GET /tokens/balance, against a bare one-document function."""

import os
import time
from collections.abc import Mapping
from pathlib import Path
from statistics import median
from typing import Any

from scripts.suite.benches._servers import process
from scripts.suite.environment import suite_environment
from scripts.suite.http import NoAnswer, call
from scripts.suite.identities import sign_in
from scripts.suite.paths import ROOT
from scripts.suite.ports import free_port
from scripts.suite.seed import people
from shared.kernel.settings import read_settings
from shared.wiring import Wiring

NEEDS_SUITE = True
ROUNDS = 15
PATIENCE_SECONDS = 30
PEER = ROOT / "scripts" / "suite" / "benches" / "peers" / "one_document.py"


def run() -> dict[str, Any]:
    token = sign_in(people()[0])
    wiring = Wiring(read_settings(suite_environment()))
    user_id = wiring.auth.caller_with_token(token).user_id or ""
    wiring.tokens.balance(user_id, wiring.tokens.free(lambda _: None))
    os.environ["ACCOUNT"] = user_id
    headers = {"Authorization": f"Bearer {token}"}
    ours, peer = _in_turns(headers)
    return {
        "ours": round(median(ours), 4),
        "peer": round(median(peer), 4),
        "ratio": round(median(ours) / median(peer), 3),
        "unit": "seconds",
        "detail": {"rounds": ROUNDS, "oursBest": min(ours), "peerBest": min(peer)},
    }


def _in_turns(headers: Mapping[str, str]) -> tuple[list[float], list[float]]:
    """The first round of each warms the disk and is thrown away."""
    ours, peer = [], []
    for _ in range(ROUNDS + 1):
        ours.append(_first_answer(ROOT / "main.py", "tokens", headers))
        peer.append(_first_answer(PEER, "balance", {}))
    return ours[1:], peer[1:]


def _first_answer(source: Path, target: str, headers: Mapping[str, str]) -> float:
    port = free_port()
    began = time.perf_counter()
    with process(source, target, port):
        _wait_for_200(f"http://127.0.0.1:{port}/balance", headers)
        return round(time.perf_counter() - began, 4)


def _wait_for_200(url: str, headers: Mapping[str, str]) -> None:
    deadline = time.monotonic() + PATIENCE_SECONDS
    while time.monotonic() < deadline:
        try:
            status, body = call("GET", url, headers=headers)
        except NoAnswer:
            time.sleep(0.002)
            continue
        if status != 200:
            raise NoAnswer(f"{url} answered {status}: {body[:200]!r}")
        return
    raise NoAnswer(f"{url} did not answer in {PATIENCE_SECONDS} s")
