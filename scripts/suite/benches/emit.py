"""Emitting an event against a bare create of a like document, one by one and by 16 workers."""

import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from itertools import count
from typing import Any
from uuid import uuid4

from scripts.suite.benches._accounts import wired
from scripts.suite.counting import Costs, costing, counted_client
from shared.events.documents import event_document
from shared.events.models import Event
from shared.events.service import EventBus
from shared.events.store import Events
from shared.platform.firestore import TIMEOUT_SECONDS
from shared.wiring import Wiring

NEEDS_SUITE = True
HUB = "demo-bench-events"  # without triggers, which both would wake
ROUNDS, EACH, WORKERS = 10, 100, 16
PAYLOAD = {"menuItemId": "taco", "name": "Taco al pastor", "price": 450, "tags": ["new", "hot"]}


def run() -> dict[str, Any]:
    """In turns, so that both meet the same noise."""
    wiring = wired()
    client = wiring.firestore(HUB)
    bus = EventBus(Events(client), wiring.clock)
    collection, numbers = client.collection("ecosystem_events"), count()

    def ours() -> None:
        bus.emit(_event(wiring, next(numbers)))

    def peer() -> None:
        event = _event(wiring, next(numbers))
        document = event_document(event) | {"recordedAt": event.recorded_at}
        reference = collection.document(event.event_id)
        reference.create(document, retry=None, timeout=TIMEOUT_SECONDS)

    serial = _rates(ours, peer, 1)
    parallel = _rates(ours, peer, WORKERS)
    return {
        "ours": serial[0],
        "peer": serial[1],
        "ratio": round(serial[0] / serial[1], 2),
        "unit": "events/s",
        "detail": {
            "workers": WORKERS,
            "oursParallel": parallel[0],
            "peerParallel": parallel[1],
            "ratioParallel": round(parallel[0] / parallel[1], 2),
            "oneEmit": _cost(wiring),
        },
    }


def _rates(ours: Callable[[], None], peer: Callable[[], None], workers: int) -> tuple[int, int]:
    _seconds(ours, workers), _seconds(peer, workers)  # what is loaded and opened on first use
    mine = theirs = 0.0
    for _ in range(ROUNDS):
        mine += _seconds(ours, workers)
        theirs += _seconds(peer, workers)
    return round(ROUNDS * EACH / mine), round(ROUNDS * EACH / theirs)


def _seconds(act: Callable[[], None], workers: int) -> float:
    with ThreadPoolExecutor(workers) as threads:
        began = time.perf_counter()
        list(threads.map(lambda _: act(), range(EACH)))
        return time.perf_counter() - began


def _event(wiring: Wiring, number: int) -> Event:
    return Event(
        event_id=str(uuid4()),
        event_type="menu_item_added",
        source="ORDERING",
        targets=("SMP",),
        payload=PAYLOAD | {"number": number},
        tenant_id="las-reinas",
        recorded_at=wiring.clock(),
    )


def _cost(wiring: Wiring) -> dict[str, int]:
    costs = Costs()
    bus = EventBus(Events(counted_client(HUB, costs)), wiring.clock)
    with costing(costs) as spent:
        bus.emit(_event(wiring, 0))
    return {"rpc": spent.calls, "reads": spent.reads, "writes": spent.writes}
