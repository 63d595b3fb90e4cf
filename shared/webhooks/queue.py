"""`webhook_deliveries` and `webhook_attempts`: what is due to endpoints, and what was tried."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any, NamedTuple

from google.cloud import firestore
from google.cloud.firestore_v1.base_query import FieldFilter

from shared.kernel.errors import DependencyUnavailable
from shared.platform import firestore as db
from shared.platform.wire import Wire
from shared.webhooks.documents import (
    attempt_document,
    delivery_document,
    delivery_state,
    read_delivery,
)
from shared.webhooks.models import PENDING, Attempt, Delivery

DELIVERIES, ATTEMPTS = "webhook_deliveries", "webhook_attempts"
TRIES = 6
BATCH = 200


class Queued(NamedTuple):
    """A delivery as it was found or written; `updated` is what a write of it is conditioned on."""

    delivery: Delivery
    updated: Any


class Queue:
    """A delivery exists once for an endpoint and an event, and one writer at a time changes it."""

    def __init__(self, client: firestore.Client) -> None:
        self._client = client
        self._wire = Wire(client)

    def add(self, deliveries: Sequence[Delivery], now: datetime) -> list[Queued]:
        """Create those that are not there; the ones that were made by this call."""
        missing = list(deliveries)
        for attempt in range(TRIES):
            if not missing:
                return []
            try:
                return self._created(missing, now)
            except (db.AlreadyThere, db.ChangedMeanwhile):
                db.pause(attempt)
                there = self._wire.get(_path(d) for d in missing)
                missing = [d for d in missing if _path(d) not in there]
        raise DependencyUnavailable(reason="contention")

    def save(
        self, queued: Queued, after: Delivery, attempt: Attempt | None = None
    ) -> Queued | None:
        """With what was tried, if anything; None when somebody else was faster."""
        writes = [self._wire.updating(_path(after), delivery_state(after), queued.updated)]
        if attempt:
            path = f"{ATTEMPTS}/{attempt.attempt_id}"
            writes.append(self._wire.creation(path, attempt_document(attempt)))
        try:
            return Queued(after, self._wire.commit(writes)[0])
        except (db.AlreadyThere, db.ChangedMeanwhile):
            return None

    def note(self, attempt: Attempt) -> None:
        """An attempt at what is in no queue."""
        path = f"{ATTEMPTS}/{attempt.attempt_id}"
        with db.bounded():
            self._client.document(path).set(
                attempt_document(attempt), retry=db.PATIENT, timeout=db.TIMEOUT_SECONDS
            )

    def due(self, webhook_id: str, now: datetime, most: int) -> list[Queued]:
        """The longest due first."""
        query = self._pending(webhook_id).where(filter=FieldFilter("nextAttemptAt", "<=", now))
        return self._found(query.order_by("nextAttemptAt").limit(most))

    def line(self, webhook_id: str, subject: str | None, most: int) -> list[Queued]:
        """What waits for an endpoint, of one subject if one is named, as it was recorded."""
        query = self._pending(webhook_id)
        if subject is not None:
            query = query.where(filter=FieldFilter("subject", "==", subject))
        return self._found(query.order_by("recordedAt").limit(most))

    def next_waiting(self, after: str) -> Delivery | None:
        """What is due first to the next endpoint that anything waits for."""
        query = self._deliveries().where(filter=FieldFilter("status", "==", PENDING))
        query = query.where(filter=FieldFilter("webhookId", ">", after))
        found = self._found(query.order_by("webhookId").order_by("nextAttemptAt").limit(1))
        return found[0].delivery if found else None

    def missed(self, webhook_id: str, status: str, since: datetime, most: int) -> list[Queued]:
        """What was recorded since then and is held, or dead."""
        query = self._deliveries().where(filter=FieldFilter("webhookId", "==", webhook_id))
        query = query.where(filter=FieldFilter("status", "==", status))
        query = query.where(filter=FieldFilter("recordedAt", ">=", since))
        return self._found(query.order_by("recordedAt").limit(most))

    def save_all(self, changes: Sequence[tuple[Queued, Delivery]]) -> bool:
        """All in one commit; False when somebody else was faster with one of them."""
        writes = [
            self._wire.updating(_path(after), delivery_state(after), queued.updated)
            for queued, after in changes
        ]
        try:
            self._wire.commit(writes)
        except db.ChangedMeanwhile:
            return False
        return True

    def _created(self, deliveries: Sequence[Delivery], now: datetime) -> list[Queued]:
        writes = [self._wire.creation(_path(d), delivery_document(d, now)) for d in deliveries]
        times = self._wire.commit(writes)
        return [Queued(d, updated) for d, updated in zip(deliveries, times, strict=True)]

    def _pending(self, webhook_id: str) -> firestore.Query:
        query = self._deliveries().where(filter=FieldFilter("webhookId", "==", webhook_id))
        return query.where(filter=FieldFilter("status", "==", PENDING))

    def _found(self, query: firestore.Query) -> list[Queued]:
        with db.bounded():
            found = query.get(retry=db.PATIENT, timeout=db.TIMEOUT_SECONDS)
        return [
            Queued(read_delivery(s.id, s.to_dict() or {}), s.update_time.timestamp_pb())
            for s in found
        ]

    def _deliveries(self) -> firestore.CollectionReference:
        return self._client.collection(DELIVERIES)


def _path(delivery: Delivery) -> str:
    return f"{DELIVERIES}/{delivery.delivery_id}"
