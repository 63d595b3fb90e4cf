"""Events in Firestore: `ecosystem_events`, each created once and stamped by the store."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime

from google.cloud import firestore
from google.cloud.firestore_v1.base_query import FieldFilter

from shared.events.documents import event_document, event_of
from shared.events.models import EVERYBODY, Event, Filter, Position, Recording
from shared.platform import firestore as db
from shared.platform.wire import Wire

EVENTS = "ecosystem_events/"


class Events:
    """Creates an event once; its id is made of what its emitter named it."""

    def __init__(self, client: firestore.Client) -> None:
        self._client = client
        self._wire = Wire(client)

    def add(self, event: Event) -> datetime | None:
        """When the store recorded the event; None when one with its id is there."""
        return self._wire.create(EVENTS + event.event_id, event_document(event))

    def get(self, event_id: str) -> Event | None:
        return self.get_all([event_id]).get(event_id)

    def get_all(self, event_ids: Iterable[str]) -> Mapping[str, Event]:
        """Those of the events that are there, in one call."""
        found = self._wire.get(EVENTS + event_id for event_id in event_ids)
        ids = {path: path.removeprefix(EVENTS) for path in found}
        return {ids[path]: event_of(ids[path], row.document) for path, row in found.items()}

    def page(self, filter_: Filter, size: int, after: Position | None) -> Sequence[Event]:
        """At most `size` events behind a position, oldest first."""
        query = self._starting(filter_, after).limit(size)
        return [event_of(event_id, row) for event_id, row in db.find(query)]

    def count(self, filter_: Filter) -> int:
        return db.count(self._query(filter_))

    def _starting(self, filter_: Filter, after: Position | None) -> firestore.Query:
        query = self._query(filter_)
        if after is None:
            return query
        reference = self._client.document(EVENTS + after.event_id)
        return query.start_after({"recordedAt": after.recorded_at, "__name__": reference})

    def _query(self, filter_: Filter) -> firestore.Query:
        query = self._client.collection("ecosystem_events").order_by("recordedAt")
        if filter_.tenant_id is not None:
            query = query.where(filter=FieldFilter("tenantId", "==", filter_.tenant_id))
        if filter_.target is not None:
            targets = [filter_.target, EVERYBODY]
            query = query.where(filter=FieldFilter("targets", "array_contains_any", targets))
        if filter_.types:
            query = query.where(filter=FieldFilter("eventType", "in", list(filter_.types)))
        for comparison, moment in ((">=", filter_.since), ("<", filter_.until)):
            if moment is not None:
                query = query.where(filter=FieldFilter("recordedAt", comparison, moment))
        return query.order_by("__name__")


def recording(event: Event) -> Recording:
    """What `Events.add` would store, and where: to be created, so that the store stamps it."""
    return Recording(EVENTS + event.event_id, event_document(event))
