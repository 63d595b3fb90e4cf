"""All of a tenant's streams at once: a query across the collections `e`; no write for history."""

from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from typing import Any

import orjson
from google.cloud import firestore
from google.cloud.firestore_v1.base_query import FieldFilter

from shared.platform import firestore as db
from shared.streams import documents
from shared.streams.models import Position, Search, StoredEvent, Stream


class Archive:
    """Finds events by type and time."""

    def __init__(self, client: firestore.Client) -> None:
        self._client = client

    def find(self, search: Search, size: int, after: Position | None) -> Sequence[StoredEvent]:
        """At most `size` events behind a position, oldest first; personal values are sealed."""
        query: firestore.Query = self._client.collection_group("e")
        for condition in _conditions(search):
            query = query.where(filter=condition)
        query = query.order_by("recordedAt").order_by("__name__").limit(size)
        if after:
            stream = Stream(search.tenant_id, after.stream_id)
            last = self._client.document(documents.event_path(stream, after.version))
            query = query.start_after({"recordedAt": after.recorded_at, "__name__": last})
        return [_event(row) for _, row in db.find(query)]


def _conditions(search: Search) -> Iterator[FieldFilter]:
    yield FieldFilter("tenantId", "==", search.tenant_id)
    if search.types:
        yield FieldFilter("eventType", "in", list(search.types))
    if search.begins:
        yield FieldFilter("recordedAt", ">=", search.begins)
    if search.ends:
        yield FieldFilter("recordedAt", "<", search.ends)


def _event(row: dict[str, Any]) -> StoredEvent:
    return StoredEvent(
        stream_id=row["streamId"],
        version=row["version"],
        event_type=row["eventType"],
        schema_version=row["schemaVersion"],
        data=orjson.loads(row["data"]),
        personal=tuple(row["personal"]),
        subject=row["subject"],
        recorded_at=datetime.fromtimestamp(row["recordedAt"].timestamp(), UTC),
    )
