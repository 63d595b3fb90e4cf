"""`webhook_deliveries` and `webhook_attempts`: what is due to endpoints, and what was tried."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any, NamedTuple

from google.cloud import firestore
from google.cloud.firestore_v1.base_query import FieldFilter

from shared.kernel.errors import DependencyUnavailable
from shared.platform import firestore as db
from shared.platform.shared_writes import SharedWrites
from shared.platform.wire import Wire, Write
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
        self._writes = SharedWrites(self._wire)

    def add(self, deliveries: Sequence[Delivery], now: datetime) -> list[Queued]:
        """Create those that are not there; the ones that were made by this call."""
        made: list[Queued] = []
        missing = list(deliveries)
        for attempt in range(TRIES):
            times = self._writes.each([self._creation(d, now) for d in missing])
            pairs = list(zip(missing, times, strict=True))
            made += [Queued(delivery, updated) for delivery, updated in pairs if updated]
            missing = self._absent([delivery for delivery, updated in pairs if not updated])
            if not missing:
                return made
            db.pause(attempt)
        raise DependencyUnavailable(reason="contention")

    def save(
        self, queued: Queued, after: Delivery, attempt: Attempt | None = None
    ) -> Queued | None:
        """With what was tried, if anything; None when somebody else was faster."""
        writes = [self._update(queued, after)]
        if attempt:
            path = f"{ATTEMPTS}/{attempt.attempt_id}"
            writes.append(self._wire.creation(path, attempt_document(attempt)))
        updated = self._writes.each(writes)[0]
        return Queued(after, updated) if updated else None

    def save_all(self, changes: Sequence[tuple[Queued, Delivery]]) -> int:
        """Each on its own; how many nobody else was faster with."""
        writes = [self._update(queued, after) for queued, after in changes]
        return sum(bool(updated) for updated in self._writes.each(writes)) if writes else 0

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

    def _creation(self, delivery: Delivery, now: datetime) -> Write:
        return self._wire.creation(_path(delivery), delivery_document(delivery, now))

    def _update(self, queued: Queued, after: Delivery) -> Write:
        was, now = delivery_state(queued.delivery), delivery_state(after)
        changed = {name: value for name, value in now.items() if was.get(name) != value}
        return self._wire.updating(_path(after), changed, queued.updated, was.keys() - now.keys())

    def _absent(self, deliveries: Sequence[Delivery]) -> list[Delivery]:
        there = self._wire.get(map(_path, deliveries)) if deliveries else {}
        return [delivery for delivery in deliveries if _path(delivery) not in there]

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
