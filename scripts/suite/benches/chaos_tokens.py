"""Runs of the token service under seeded faults, on all cores, and a long walk of its rules."""

import os
import subprocess
import sys
from collections.abc import Sequence
from typing import Any

from scripts.suite.benches._runs import lived_through
from scripts.suite.chaos.tokens import run as chaos
from scripts.suite.paths import ROOT

CHUNK = 250
WALKS = 4_000
MACHINE = "tests/unit/tokens/test_machine.py"


def run() -> dict[str, Any]:
    found = lived_through(_failures, CHUNK)
    found["detail"] |= {"walks": WALKS, "walksHold": _walks_hold()}
    return found


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
