"""`webhook_attempts`, read: how an endpoint has been doing."""

from collections.abc import Sequence
from datetime import datetime

from google.cloud import firestore
from google.cloud.firestore_v1.base_query import FieldFilter

from shared.platform import firestore as db
from shared.webhooks.documents import read_attempt
from shared.webhooks.models import Attempt

Position = tuple[datetime, str]


class Record:
    """Attempts by endpoint and time; `Queue` writes them."""

    def __init__(self, client: firestore.Client) -> None:
        self._attempts = client.collection("webhook_attempts")

    def newest(
        self, webhook_id: str, most: int, before: Position | None = None
    ) -> Sequence[Attempt]:
        query = self._of(webhook_id).order_by("at", direction="DESCENDING")
        query = query.order_by("__name__", direction="DESCENDING").limit(most)
        if before:
            at, attempt_id = before
            query = query.start_after({"at": at, "__name__": self._attempts.document(attempt_id)})
        return _read(query)

    def failing_since(self, webhook_id: str) -> datetime | None:
        """When the first attempt failed after which none succeeded; None where none failed."""
        last = self._taken(webhook_id)
        query = self._of(webhook_id).order_by("at").limit(1)
        if last:
            query = query.where(filter=FieldFilter("at", ">", last.at))
        found = _read(query)
        return found[0].at if found else None

    def _taken(self, webhook_id: str) -> Attempt | None:
        query = self._of(webhook_id).where(filter=FieldFilter("taken", "==", True))
        found = _read(query.order_by("at", direction="DESCENDING").limit(1))
        return found[0] if found else None

    def _of(self, webhook_id: str) -> firestore.Query:
        return self._attempts.where(filter=FieldFilter("webhookId", "==", webhook_id))


def _read(query: firestore.Query) -> Sequence[Attempt]:
    return [read_attempt(attempt_id, row) for attempt_id, row in db.find(query)]
