"""Deliveries in Firestore: `deliveries/{eventId}__{consumer}`, each changed by condition."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import datetime
from functools import partial
from typing import Any, NamedTuple

from google.cloud import firestore
from google.cloud.firestore_v1.base_query import FieldFilter

from shared.events.documents import delivery_document, delivery_of, event_of, event_views
from shared.events.models import Delivery, Event
from shared.events.store import EVENTS
from shared.kernel.errors import NotFound
from shared.platform import firestore as db
from shared.platform.persistence import persistently
from shared.platform.wire import Found, Wire

DELIVERIES = "deliveries/"


class Queue(NamedTuple):
    """What one consumer has to do: of one tenant, or of all of them."""

    tenant_id: str | None
    consumer: str


class Held(NamedTuple):
    """A delivery, and the update time that a change must find; None for one not stored yet."""

    delivery: Delivery
    updated: Any = None


class State(NamedTuple):
    """An event and what has become of it at one consumer; None for nothing yet."""

    event: Event
    delivery: Delivery | None


class Effect(NamedTuple):
    """A document that is set together with the note that its event is done."""

    path: str
    document: Mapping[str, Any]


Decide = Callable[[State], State]


class Deliveries:
    """Nobody waits for a lock: whoever was overtaken looks again, or lets go."""

    def __init__(self, client: firestore.Client) -> None:
        self._client = client
        self._wire = Wire(client)

    def known(self, names: Iterable[str]) -> Mapping[str, Held]:
        """Those of the deliveries that are there, by their names."""
        found = self._wire.get(DELIVERIES + name for name in names)
        held = (Held(delivery_of(row.document), row.updated) for row in found.values())
        return {one.delivery.name: one for one in held}

    def due(self, queue: Queue, types: Sequence[str], now: datetime, most: int) -> Sequence[Held]:
        """What a consumer may try (again), what is due longest first."""
        query = self.of(queue).where(filter=FieldFilter("nextAttemptAt", "<=", now))
        if types:
            query = query.where(filter=FieldFilter("eventType", "in", list(types)))
        return self.find(query.order_by("nextAttemptAt").limit(most))

    def find(self, query: firestore.Query) -> Sequence[Held]:
        """What a query on deliveries finds."""
        return [
            Held(delivery_of(row.to_dict() or {}), row.update_time.timestamp_pb())
            for row in db.snapshots(query)
        ]

    def of(self, queue: Queue) -> firestore.Query:
        query = self._client.collection("deliveries").where(
            filter=FieldFilter("consumer", "==", queue.consumer)
        )
        if queue.tenant_id is None:
            return query
        return query.where(filter=FieldFilter("tenantId", "==", queue.tenant_id))

    def save_each(self, held: Sequence[Held]) -> list[Any]:
        """Each delivery on its own: its new update time, or None where somebody was faster."""
        if not held:
            return []
        return self._wire.commit_each(self._write(one.delivery, one.updated) for one in held)

    def save(self, held: Held, effects: Sequence[Effect] = ()) -> bool:
        """The delivery with its effects, all or nothing; False where somebody was faster."""
        writes = [self._write(held.delivery, held.updated)]
        writes += [self._wire.setting(effect.path, effect.document) for effect in effects]
        try:
            self._wire.commit(writes)
        except (db.AlreadyThere, db.ChangedMeanwhile):
            return False
        return True

    def change(self, event_id: str, consumer: str, decide: Decide) -> State:
        """Change what a consumer has made of an event, and the event's views of it, in one commit.

        Raises NotFound for no such event, and what `decide` raises.
        """
        return persistently(partial(self._changed, event_id, consumer, decide))

    def _changed(self, event_id: str, consumer: str, decide: Decide) -> State:
        event_path, path = EVENTS + event_id, f"{DELIVERIES}{event_id}__{consumer}"
        found = self._wire.get([event_path, path])
        if event_path not in found:
            raise NotFound(reason="event")
        before = _state(event_id, found[event_path], found.get(path))
        after = decide(before)
        if after != before:
            self._write_changes(before, after, found, path)
        return after

    def _write_changes(
        self, before: State, after: State, found: Mapping[str, Found], path: str
    ) -> None:
        writes, event_path = [], EVENTS + after.event.event_id
        if after.delivery and after.delivery != before.delivery:
            updated = found[path].updated if path in found else None
            writes.append(self._write(after.delivery, updated))
        if after.event != before.event:
            view = event_views(after.event)
            writes.append(self._wire.updating(event_path, view, found[event_path].updated))
        self._wire.commit(writes)

    def _write(self, delivery: Delivery, updated: Any) -> Any:
        path, document = DELIVERIES + delivery.name, delivery_document(delivery)
        if updated is None:
            return self._wire.creation(path, document)
        return self._wire.updating(path, document, updated)


def _state(event_id: str, event: Found, delivery: Found | None) -> State:
    return State(
        event_of(event_id, event.document), delivery_of(delivery.document) if delivery else None
    )
