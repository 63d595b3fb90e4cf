"""What the simulations share: seeds in chunks on all cores, progress, and what failed."""

import os
import sys
import time
from collections.abc import Callable, Sequence
from concurrent.futures import ProcessPoolExecutor
from typing import Any

RUNS = 100_000
TOLD_EVERY = 10_000
SHOWN = 20


def lived_through(faults: Callable[[Sequence[int]], list[str]], chunk: int) -> dict[str, Any]:
    """Every seed once; `faults` says of each that failed what it was and how to see it again."""
    began = time.perf_counter()
    chunks = [range(first, min(first + chunk, RUNS)) for first in range(0, RUNS, chunk)]
    failures: list[str] = []
    with ProcessPoolExecutor(initializer=_silence) as pool:
        for number, found in enumerate(pool.map(faults, chunks), 1):
            failures += found
            _tell(number * chunk, found)
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
        },
    }


def _silence() -> None:
    """What the service logs of each fault would bury what was found."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


def _tell(done: int, found: Sequence[str]) -> None:
    for failure in found:
        print(failure, file=sys.stderr)
    if done % TOLD_EVERY == 0:
        print(f"{done} of {RUNS}", file=sys.stderr, flush=True)
