"""Events in Firestore: `ecosystem_events`, and who is done with each in `deliveries`."""

from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from typing import Any

from google.cloud import firestore
from google.cloud.firestore_v1.base_query import FieldFilter

from shared.events.models import EVERYBODY, Event, Filter, Recording
from shared.kernel.errors import DependencyUnavailable, NotFound
from shared.platform import firestore as db

ATTEMPTS = 8
Position = tuple[datetime, str]
Decide = Callable[[Event], Event]


class Events:
    """Creates an event once; its id is made of what its emitter named it."""

    def __init__(self, client: firestore.Client) -> None:
        self._client = client

    def add(self, event: Event) -> bool:
        """Store the event; False when one with its id is there."""
        return db.create(self._event(event.event_id), _document(event))

    def get(self, event_id: str) -> Event | None:
        found = db.read(self._event(event_id))
        return _event(event_id, found[0]) if found else None

    def page(self, filter_: Filter, size: int, after: Position | None) -> Sequence[Event]:
        """At most `size` events behind a position (recordedAt, id), oldest first."""
        query = self._query(filter_).limit(size)
        if after:
            moment, event_id = after
            query = query.start_after({"recordedAt": moment, "__name__": self._event(event_id)})
        return [_event(event_id, row) for event_id, row in db.find(query)]

    def change(self, event_id: str, consumer: str, decide: Decide) -> Event:
        """Note in one commit that the consumer is done, and what that makes of the event."""
        for attempt in range(ATTEMPTS):
            found = db.read(self._event(event_id))
            if found is None:
                raise NotFound(reason="event")
            before = _event(event_id, found[0])
            after = decide(before)
            if after == before:
                return after
            try:
                self._save_done(after, consumer, found[1])
            except db.ChangedMeanwhile:
                db.pause(attempt)
                continue
            return after
        raise DependencyUnavailable(reason="contention")

    def _save_done(self, event: Event, consumer: str, update_time: datetime) -> None:
        batch = self._client.batch()
        delivery = {
            "eventId": event.event_id,
            "consumer": consumer,
            "tenantId": event.tenant_id,
            "status": "done",
            "doneAt": firestore.SERVER_TIMESTAMP,
        }
        name = f"{event.event_id}__{consumer}"
        batch.set(self._client.collection("deliveries").document(name), delivery)
        view = {"doneBy": list(event.done_by), "processed": event.processed}
        option = self._client.write_option(last_update_time=update_time)
        batch.update(self._event(event.event_id), view, option=option)
        db.commit(batch)

    def _query(self, filter_: Filter) -> firestore.Query:
        query = self._client.collection("ecosystem_events").order_by("recordedAt")
        if filter_.tenant_id is not None:
            query = query.where(filter=FieldFilter("tenantId", "==", filter_.tenant_id))
        if filter_.target is not None:
            targets = [filter_.target, EVERYBODY]
            query = query.where(filter=FieldFilter("targets", "array_contains_any", targets))
        if filter_.types:
            query = query.where(filter=FieldFilter("eventType", "in", list(filter_.types)))
        return query.order_by("__name__")

    def _event(self, event_id: str) -> firestore.DocumentReference:
        return self._client.collection("ecosystem_events").document(event_id)


def recording(event: Event) -> Recording:
    """What `Events.add` would store, and where."""
    return Recording(f"ecosystem_events/{event.event_id}", _document(event))


def _document(event: Event) -> dict[str, Any]:
    named = [target for target in event.targets if target != EVERYBODY]
    return {
        "eventType": event.event_type,
        "source": event.source,
        "target": named[0] if len(named) == 1 else named or None,
        "targets": list(event.targets),
        "payload": dict(event.payload),
        "tenantId": event.tenant_id,
        "subject": event.subject,
        "schemaVersion": event.schema_version,
        "recordedAt": event.recorded_at,
        "doneBy": list(event.done_by),
        "processed": event.processed,
        "fingerprint": event.fingerprint,
    }


def _event(event_id: str, row: dict[str, Any]) -> Event:
    return Event(
        event_id=event_id,
        event_type=row["eventType"],
        source=row["source"],
        targets=tuple(row["targets"]),
        payload=row["payload"],
        tenant_id=row["tenantId"],
        recorded_at=datetime.fromtimestamp(row["recordedAt"].timestamp(), UTC),
        subject=row["subject"],
        schema_version=row["schemaVersion"],
        done_by=tuple(row["doneBy"]),
        processed=row["processed"],
        fingerprint=row["fingerprint"],
    )
