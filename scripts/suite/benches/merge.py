"""Merges a second of CPU time on one core: replicas of 20 fields, three of them edited; no peer."""

import time
from statistics import median
from typing import Any

from shared.sync.lattice import merge
from shared.sync.models import Cell, Replica
from shared.sync.stamps import stamp_at

FIELDS = 20
MERGES = 5_000
ROUNDS = 9
NOON_US = 1_767_268_800_000_000


def run() -> dict[str, Any]:
    known, heard = _replica(0), _replica(3)
    if merge(known, heard) != heard:
        raise AssertionError("A merge was wrong.")
    rates = [_rate(known, heard) for _ in range(ROUNDS)]
    return {
        "ours": round(median(rates)),
        "peer": None,
        "ratio": None,
        "unit": "merges/s",
        "detail": {"fields": FIELDS, "rounds": ROUNDS, "best": round(max(rates))},
    }


def _rate(known: Replica, heard: Replica) -> float:
    began = time.process_time()
    for _ in range(MERGES):
        merge(known, heard)
    return MERGES / (time.process_time() - began)


def _replica(edited: int) -> Replica:
    """Each has cells of its own, as two documents that were read have."""
    return Replica({f"field{n}": (_cell(n, n < edited),) for n in range(FIELDS)})


def _cell(number: int, edited: bool) -> Cell:
    stamp = stamp_at(NOON_US + number + edited * 1_000_000, "app")
    return Cell(stamp, stamp_at(NOON_US + 1_000_000 + edited, "app"), b"\x10" + bytes([number]))
