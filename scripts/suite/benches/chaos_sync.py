"""Lives of mirrored documents under seeded faults, on all cores: all must end alike and silent."""

import sys
import time
from concurrent.futures import ProcessPoolExecutor
from typing import Any

from tests.unit.sync.lives import faults

RUNS = 100_000
CHUNK = 500
SHOWN = 20


def run() -> dict[str, Any]:
    began = time.perf_counter()
    chunks = [range(first, first + CHUNK) for first in range(0, RUNS, CHUNK)]
    failures: list[str] = []
    with ProcessPoolExecutor() as pool:
        for number, found in enumerate(pool.map(faults, chunks), 1):
            failures += found
            _tell(number * CHUNK, found)
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


def _tell(done: int, found: list[str]) -> None:
    for failure in found:
        print(failure, file=sys.stderr)
    if done % 10_000 == 0:
        print(f"{done} of {RUNS}", file=sys.stderr, flush=True)
