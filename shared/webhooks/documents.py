"""How endpoints, deliveries and attempts are stored, and what of an event is told."""

from collections.abc import Callable, Iterable, Sequence
from datetime import datetime, timedelta
from functools import partial
from typing import Any

import orjson

from shared.events.models import Event
from shared.kernel.clock import rfc3339
from shared.webhooks.models import Attempt, Delivery, Endpoint, Outcome, Secret, Secrets

Document = dict[str, Any]
# Firestore drops what is older (TTL); what is kept for a disabled endpoint as well.
KEPT = timedelta(days=90)


def endpoint_document(endpoint: Endpoint, locks: Secrets) -> Document:
    name = endpoint.webhook_id, endpoint.tenant_id
    return {
        "url": endpoint.url,
        "eventTypes": list(endpoint.event_types),
        "description": endpoint.description,
        "ordered": endpoint.ordered,
        "createdAt": endpoint.created_at,
        "updatedAt": endpoint.updated_at,
        "secrets": [
            {"sealed": locks.seal(*name, s.text), "until": s.until} for s in endpoint.secrets
        ],
        "disabled": endpoint.disabled,
        "openUntil": endpoint.open_until,
        "trips": endpoint.trips,
    }


def read_endpoint(webhook_id: str, tenant_id: str, row: Document, locks: Secrets) -> Endpoint:
    return Endpoint(
        webhook_id=webhook_id,
        tenant_id=tenant_id,
        url=row["url"],
        event_types=tuple(row["eventTypes"]),
        description=row["description"],
        ordered=row["ordered"],
        created_at=row["createdAt"],
        updated_at=row["updatedAt"],
        secrets=_readable(row["secrets"], partial(locks.open, webhook_id, tenant_id)),
        disabled=row["disabled"],
        open_until=row["openUntil"],
        trips=row["trips"],
    )


def renewed_endpoint(webhook_id: str, tenant_id: str, row: Document, locks: Secrets) -> Document:
    """The row with its secrets under the newest key."""
    secrets = [
        kept | {"sealed": locks.renewed(webhook_id, tenant_id, kept["sealed"])}
        for kept in row["secrets"]
    ]
    return row | {"secrets": secrets}


def _readable(rows: Iterable[Document], unseal: Callable[[str], str | None]) -> Sequence[Secret]:
    opened = ((unseal(row["sealed"]), row["until"]) for row in rows)
    return tuple(Secret(text, until) for text, until in opened if text)


def delivery_document(delivery: Delivery, now: datetime) -> Document:
    told = {
        "webhookId": delivery.webhook_id,
        "tenantId": delivery.tenant_id,
        "eventId": delivery.event_id,
        "eventType": delivery.event_type,
        "subject": delivery.subject,
        "recordedAt": delivery.recorded_at,
        "expiresAt": now + KEPT,
    }
    return _said(told) | delivery_state(delivery)


def delivery_state(delivery: Delivery) -> Document:
    """What changes of a delivery; of this too, what says nothing is left out."""
    state = {
        "status": delivery.status,
        "attempts": delivery.attempts,
        "nextAttemptAt": delivery.next_attempt_at,
        "cause": delivery.cause or None,
    }
    return _said(state)


def _said(document: Document) -> Document:
    """Without what is None, for an index would hold that too."""
    return {name: value for name, value in document.items() if value is not None}


def read_delivery(delivery_id: str, row: Document) -> Delivery:
    return Delivery(
        delivery_id=delivery_id,
        webhook_id=row["webhookId"],
        tenant_id=row["tenantId"],
        event_id=row["eventId"],
        event_type=row["eventType"],
        subject=row.get("subject"),
        recorded_at=row["recordedAt"],
        status=row["status"],
        attempts=row["attempts"],
        next_attempt_at=row.get("nextAttemptAt"),
        cause=row.get("cause", ""),
    )


def attempt_document(attempt: Attempt) -> Document:
    told = {
        "webhookId": attempt.webhook_id,
        "tenantId": attempt.tenant_id,
        "eventId": attempt.event_id,
        "eventType": attempt.event_type,
        "number": attempt.number,
        "at": attempt.at,
        "tookMs": attempt.took_ms,
        "taken": attempt.outcome.taken,
        "outcome": _said(attempt.outcome._asdict()),
        "nextAttemptAt": attempt.next_attempt_at,
        "expiresAt": attempt.at + KEPT,
    }
    return _said(told)


def read_attempt(attempt_id: str, row: Document) -> Attempt:
    return Attempt(
        attempt_id=attempt_id,
        webhook_id=row["webhookId"],
        tenant_id=row["tenantId"],
        event_id=row["eventId"],
        event_type=row["eventType"],
        number=row["number"],
        at=row["at"],
        took_ms=row["tookMs"],
        outcome=Outcome(**row["outcome"]),
        next_attempt_at=row.get("nextAttemptAt"),
    )


def body_of(event: Event) -> bytes:
    """A CloudEvent 1.0 in JSON, with the `timestamp` that Standard Webhooks has beside its type."""
    at = rfc3339(event.recorded_at)
    told = {
        "specversion": "1.0",
        "id": event.event_id,
        "type": event.event_type,
        "source": event.source,
        "subject": event.subject,
        "time": at,
        "timestamp": at,
        "datacontenttype": "application/json",
        "tenantid": event.tenant_id,
        "schemaversion": event.schema_version,
        "data": event.payload,
    }
    kept = {name: value for name, value in told.items() if value is not None}
    return orjson.dumps(kept, option=orjson.OPT_SORT_KEYS)
