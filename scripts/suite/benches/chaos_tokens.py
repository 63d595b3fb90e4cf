"""Runs of the token service under seeded faults, on all cores, and a long walk of its rules."""

import os
import subprocess
import sys
import time
from collections.abc import Sequence
from concurrent.futures import ProcessPoolExecutor
from typing import Any

from scripts.suite.chaos.tokens import run as chaos
from scripts.suite.paths import ROOT

RUNS = 100_000
CHUNK = 250
WALKS = 4_000
SHOWN = 20
MACHINE = "tests/unit/tokens/test_machine.py"


def run() -> dict[str, Any]:
    began = time.perf_counter()
    chunks = [range(first, min(first + CHUNK, RUNS)) for first in range(0, RUNS, CHUNK)]
    with ProcessPoolExecutor() as pool:
        failures = [failure for found in pool.map(_failures, chunks) for failure in found]
    for failure in failures[:SHOWN]:
        print(failure, file=sys.stderr)
    return {
        "ours": RUNS - len(failures),
        "peer": None,
        "ratio": None,
        "unit": "runs without a failure",
        "detail": {
            "runs": RUNS,
            "failures": len(failures),
            "first": failures[:SHOWN],
            "seconds": round(time.perf_counter() - began),
            "walks": WALKS,
            "walksHold": _walks_hold(),
        },
    }


def _failures(seeds: Sequence[int]) -> list[str]:
    return [failure for failure in map(_failure, seeds) if failure]


def _failure(seed: int) -> str:
    try:
        chaos(seed)
    except AssertionError as failure:
        return str(failure)
    return ""


def _walks_hold() -> bool:
    """The state machine of the rules, with many more examples than a test has time for."""
    command = [sys.executable, "-m", "pytest", "--timeout", "1800", MACHINE]
    environment = os.environ | {"HYPHAE_EXAMPLES": str(WALKS)}
    done = subprocess.run(command, cwd=ROOT, env=environment, stdout=sys.stderr, check=False)
    return done.returncode == 0
