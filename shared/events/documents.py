"""Events and deliveries as documents. Whatever stands in a document, it can be read."""

import hashlib
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from google.cloud.firestore import SERVER_TIMESTAMP

from shared.events.models import EVERYBODY, LEASED, Cause, Delivery, Event
from shared.kernel.lenient import mapping, text, texts

NO_TIME = datetime.min.replace(tzinfo=UTC)
UNREADABLE_VERSION = 2**31


def named_targets(event: Event) -> str | list[str] | None:
    """The target as it is emitted: one product, several, or None for all."""
    named = [target for target in event.targets if target != EVERYBODY]
    return named[0] if len(named) == 1 else named or None


def event_document(event: Event) -> dict[str, Any]:
    """A document to create; when it is recorded is the store's to say."""
    return {
        "eventType": event.event_type,
        "source": event.source,
        "target": named_targets(event),
        "targets": list(event.targets),
        "payload": dict(event.payload),
        "tenantId": event.tenant_id,
        "subject": event.subject,
        "schemaVersion": event.schema_version,
        "recordedAt": SERVER_TIMESTAMP,
        "doneBy": list(event.done_by),
        "processed": event.processed,
        "fingerprint": event.fingerprint,
    }


def event_views(event: Event) -> dict[str, Any]:
    """What consumers have made of an event, as the event shows it."""
    return {
        "doneBy": list(event.done_by),
        "processed": event.processed,
        "replays": dict(event.replays),
    }


def event_of(event_id: str, row: Mapping[str, Any]) -> Event:
    """Of another writer's document, what is there and makes sense: one event stops no list."""
    return Event(
        event_id=event_id,
        event_type=text(row.get("eventType")) or "",
        source=text(row.get("source")) or "",
        targets=texts(row.get("targets")) or (EVERYBODY,),
        payload=mapping(row.get("payload")),
        tenant_id=text(row.get("tenantId")),
        recorded_at=moment(row.get("recordedAt")) or NO_TIME,
        subject=text(row.get("subject")),
        schema_version=_version(row.get("schemaVersion", 1)),
        done_by=texts(row.get("doneBy")),
        processed=row.get("processed") is True,
        fingerprint=text(row.get("fingerprint")) or "",
        replays=mapping(row.get("replays")),
    )


def delivery_document(delivery: Delivery) -> dict[str, Any]:
    leased = delivery.status == LEASED
    return {
        "eventId": delivery.event_id,
        "consumer": delivery.consumer,
        "tenantId": delivery.tenant_id,
        "eventType": delivery.event_type,
        "recordedAt": delivery.recorded_at,
        "status": delivery.status,
        "attempts": delivery.attempts,
        "nextAttemptAt": delivery.next_attempt_at,
        "leaseId": delivery.lease_id,
        "leaseUntil": delivery.next_attempt_at if leased else None,
        "lastError": _error_document(delivery.last_error),
        "replayId": delivery.replay_id,
        "endedAt": delivery.ended_at,
    }


def delivery_of(row: Mapping[str, Any]) -> Delivery:
    return Delivery(
        event_id=row["eventId"],
        consumer=row["consumer"],
        tenant_id=row["tenantId"],
        event_type=row.get("eventType", ""),
        recorded_at=moment(row.get("recordedAt")) or NO_TIME,
        status=row["status"],
        attempts=row.get("attempts", 0),
        next_attempt_at=moment(row.get("nextAttemptAt")),
        lease_id=row.get("leaseId"),
        last_error=_error_of(row.get("lastError")),
        replay_id=row.get("replayId"),
        ended_at=moment(row.get("endedAt") or row.get("doneAt")),
    )


def moment(found: Any) -> datetime | None:
    """A plain datetime of whatever kind of time the client gave."""
    if not isinstance(found, datetime):
        return None
    return datetime.fromisoformat(found.isoformat()).astimezone(UTC)


def _error_document(cause: Cause | None) -> dict[str, Any] | None:
    """The hash tells like causes from others without their words."""
    if cause is None:
        return None
    digest = hashlib.sha256(f"{cause.code}:{cause.reason}".encode()).hexdigest()[:16]
    return {
        "code": cause.code,
        "class": cause.outcome,
        "hash": digest,
        "reason": cause.reason,
    }


def _error_of(row: Mapping[str, Any] | None) -> Cause | None:
    return Cause(row["code"], row["class"], row.get("reason", "")) if row else None


def _version(value: Any) -> int:
    """What is no version is one that no handler reads."""
    return value if type(value) is int else UNREADABLE_VERSION
