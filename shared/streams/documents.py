"""Streams as Firestore has them. What an event tells is JSON text: exact, quick, in no index."""

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any

import orjson

from shared.streams.models import Append, Record, Snapshot, StoredEvent, Stream

Stored = dict[str, Any]


def stream_path(stream: Stream) -> str:
    """`streams/{tenant}__{stream}`; a tenant's own `_` is written `_-`, so no two read alike."""
    return f"streams/{stream.tenant_id.replace('_', '_-')}__{stream.stream_id}"


def event_path(stream: Stream, version: int) -> str:
    return f"{stream_path(stream)}/e/{version:010d}"


def snapshot_path(stream: Stream, version: int) -> str:
    return f"{stream_path(stream)}/snapshots/{version:010d}"


def events_of(stream: Stream, append: Append, now: datetime) -> list[StoredEvent]:
    """The events that an append makes, unsealed."""
    return [
        StoredEvent(
            stream_id=stream.stream_id,
            version=append.expected_version + number,
            event_type=draft.event_type,
            schema_version=draft.schema_version,
            data=draft.data,
            personal=tuple(draft.personal),
            subject=append.subject,
            recorded_at=now,
        )
        for number, draft in enumerate(append.drafts, 1)
    ]


def event_document(tenant_id: str, event: StoredEvent) -> Stored:
    return {
        "tenantId": tenant_id,
        "streamId": event.stream_id,
        "version": event.version,
        "eventType": event.event_type,
        "schemaVersion": event.schema_version,
        "data": orjson.dumps(event.data).decode(),
        "personal": list(event.personal),
        "subject": event.subject,
        "recordedAt": event.recorded_at,
    }


def event(fields: Any) -> StoredEvent:
    """From the fields of a protobuf Document, one by one: this is what a rebuild spends time on."""
    return StoredEvent(
        fields["streamId"].string_value,
        fields["version"].integer_value,
        fields["eventType"].string_value,
        fields["schemaVersion"].integer_value,
        orjson.loads(fields["data"].string_value),
        _texts(fields["personal"]),
        fields["subject"].string_value,
        fields["recordedAt"].timestamp_value.ToDatetime(UTC),
    )


def record_document(stream: Stream, record: Record) -> Stored:
    return {"tenantId": stream.tenant_id, "streamId": stream.stream_id, **record._asdict()}


def record(row: Stored) -> Record:
    return Record(row["version"], row["fingerprint"], row["seal"])


def snapshot_document(snapshot: Snapshot) -> Stored:
    return snapshot._asdict()


def snapshot(row: Stored) -> Snapshot:
    return Snapshot(**row)


def _texts(value: Any) -> Sequence[str]:
    return tuple(item.string_value for item in value.array_value.values)
