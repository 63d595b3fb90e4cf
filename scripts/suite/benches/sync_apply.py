"""Mirrored updates a second, against a bare get and conditional update; serial, and 16 at once."""

import os
import time
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from typing import Any
from uuid import uuid4

from google.cloud import firestore

from scripts.suite.benches._figures import compared
from scripts.suite.benches._mirrored import BO, COLLECTION, TENANT, Document, Route
from shared.kernel.clock import utc_now
from shared.kernel.settings import read_settings
from shared.platform.firestore import connect
from shared.sync.service import Mirror
from shared.sync.store import Replicas

NEEDS_SUITE = True
DOCUMENTS = 160
ROUNDS = 9
WARM_UPS = 3  # rounds that do not count: the emulator compiles what it is asked for often
FIELDS = {f"field{number}": f"value {number}" for number in range(10)}


def run() -> dict[str, Any]:
    serial, parallel = _compared(1), _compared(16)
    return {
        "ours": parallel["ours"],
        "peer": parallel["peer"],
        "ratio": parallel["ratio"],
        "unit": "updates/s",
        "detail": {"serial": serial, "16 workers": parallel, "documents": DOCUMENTS},
    }


def _compared(workers: int) -> dict[str, Any]:
    """In turns, each ratio of one turn. Ours first makes its events: no trigger is measured."""
    mirror, documents = _mirror(), [Document() for _ in range(DOCUMENTS)]
    peers = _peers(connect(BO))
    for document in documents:
        mirror.apply(document.write(**FIELDS), uuid4().hex, utc_now())
    rates = []
    for number in range(WARM_UPS + ROUNDS):
        events = [document.write(field0=f"edit {number}") for document in documents]
        ours = _rate(workers, partial(_applied, mirror), events)
        rates.append((ours, _rate(workers, partial(_updated, f"edit {number}"), peers)))
    return compared(rates[WARM_UPS:])


def _mirror() -> Mirror:
    route = Route()
    return Mirror(Replicas(connect, utc_now), route, route, read_settings(os.environ))


def _applied(mirror: Mirror, event: bytes) -> None:
    mirror.apply(event, uuid4().hex, utc_now())


def _peers(client: firestore.Client) -> Sequence[firestore.DocumentReference]:
    batch = client.batch()
    found = [client.collection(COLLECTION).document() for _ in range(DOCUMENTS)]
    for reference in found:
        batch.set(reference, {**TENANT, **FIELDS})
    batch.commit()
    return found


def _updated(edit: str, reference: firestore.DocumentReference) -> None:
    """What the work takes at least: look, and write if nobody was faster."""
    found = reference.get()
    option = reference._client.write_option(last_update_time=found.update_time)
    reference.update({"field0": edit}, option)


def _rate(workers: int, act: Callable[[Any], None], items: Sequence[Any]) -> float:
    with ThreadPoolExecutor(workers) as pool:
        began = time.perf_counter()
        list(pool.map(act, items))
        return len(items) / (time.perf_counter() - began)
