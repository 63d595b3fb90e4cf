"""1,000 stored events decoded and folded, and a snapshot with 100, against eventsourcing."""

import time
from collections.abc import Callable, Sequence
from importlib.metadata import version
from statistics import median
from typing import Any

import orjson
from google.cloud.firestore_v1 import types

from scripts.suite.benches.peers.orders import Order, Orders
from shared.kernel.clock import utc_now
from shared.platform.values import packed_fields, plain_fields
from shared.streams import documents, rules
from shared.streams.declared import DECLARED
from shared.streams.models import Append, Draft, Snapshot, State, Stream

EVENTS = 1_000
TAIL = 100
ROUNDS = 31
STREAM = Stream("tenant", "order-1")
REDUCER = DECLARED.reducer(STREAM.type)
Document = types.Document.pb()
Rebuild = Callable[[], dict[str, Any]]


def run() -> dict[str, Any]:
    """Both begin with what their store would hand over, and end with the same order."""
    told = [_told(number) for number in range(EVENTS)]
    ours, peer = _ours(told), _peer(told)
    whole, short = _in_turns(ours[0], peer[0]), _in_turns(ours[1], peer[1])
    return {
        "ours": round(EVENTS / whole[0]),
        "peer": round(EVENTS / whole[1]),
        "ratio": round(whole[1] / whole[0], 2),
        "unit": "events/s",
        "detail": {
            "rounds": ROUNDS,
            "events": EVENTS,
            "rebuildMs": _milliseconds(whole),
            "snapshotAndTailMs": _milliseconds(short),
            "eventsourcing": version("eventsourcing"),
        },
    }


def _ours(told: Sequence[dict[str, Any]]) -> tuple[Rebuild, Rebuild]:
    drafts = [Draft("order_changed", data) for data in told]
    append = Append("key", 0, drafts, STREAM.stream_id)
    events = documents.events_of(STREAM, append, utc_now())
    stored = [_bytes(documents.event_document(STREAM.tenant_id, event)) for event in events]
    head = rules.fold(State(), events[:-TAIL], REDUCER, DECLARED)
    content = orjson.dumps(dict(head.data)).decode()
    kept = Snapshot(head.version, REDUCER.mark, content, STREAM.stream_id, False, False)
    snapshot = _bytes(documents.snapshot_document(kept))

    def from_snapshot() -> dict[str, Any]:
        found = documents.snapshot(plain_fields(Document.FromString(snapshot).fields))
        return _folded(State(found.version, orjson.loads(found.content)), stored[-TAIL:])

    return lambda: _folded(State(), stored), from_snapshot


def _folded(state: State, stored: Sequence[bytes]) -> dict[str, Any]:
    events = (documents.event(Document.FromString(each).fields) for each in stored)
    return dict(rules.fold(state, events, REDUCER, DECLARED).data)


def _peer(told: Sequence[dict[str, Any]]) -> tuple[Rebuild, Rebuild]:
    orders = Orders()
    stored = orders.stored(told)
    from_snapshot = [orders.snapshot(stored[:-TAIL]), *stored[-TAIL:]]
    return lambda: _plain(orders.rebuilt(stored)), lambda: _plain(orders.rebuilt(from_snapshot))


def _in_turns(*rebuilds: Rebuild) -> list[float]:
    """Seconds of CPU time of each, the median."""
    expected, took = _told(EVENTS - 1), [[0.0] * ROUNDS for _ in rebuilds]
    for turn in range(ROUNDS):
        for rebuild, seconds in zip(rebuilds, took, strict=True):
            began = time.process_time()
            found = rebuild()
            seconds[turn] = time.process_time() - began
            if found != expected:
                raise AssertionError("A rebuild was wrong.")
    return [median(seconds) for seconds in took]


def _told(number: int) -> dict[str, Any]:
    lines = [{"item": f"taco-{number % 7}", "count": number % 5}]
    note = f"change {number}, by phone"
    return {"status": "open", "amount": 450 + number, "note": note, "lines": lines}


def _plain(order: Order) -> dict[str, Any]:
    return {name: getattr(order, name) for name in ("status", "amount", "note", "lines")}


def _bytes(document: dict[str, Any]) -> bytes:
    raw: bytes = Document(fields=packed_fields(document)).SerializeToString()
    return raw


def _milliseconds(seconds: Sequence[float]) -> dict[str, float]:
    ours, peer = (round(1000 * each, 2) for each in seconds)
    return {"ours": ours, "peer": peer}
