"""How far each consumer has been: `event_consumers`, one document a queue."""

from collections.abc import Sequence
from typing import Any, NamedTuple

from google.cloud import firestore
from google.cloud.firestore_v1.base_query import FieldFilter

from shared.events.documents import moment
from shared.events.models import Position
from shared.events.queue import Queue
from shared.kernel.ids import derived_id
from shared.platform import firestore as db
from shared.platform.wire import Wire

CONSUMERS = "event_consumers/"


class Reached(NamedTuple):
    """All events up to the position have deliveries; the update time that a change must find."""

    position: Position | None = None
    updated: Any = None


class Positions:
    """A position only moves forward, and loses to nobody's that is further."""

    def __init__(self, client: firestore.Client) -> None:
        self._client = client
        self._wire = Wire(client)

    def get(self, queue: Queue) -> Reached:
        found = self._wire.get([_path(queue)]).get(_path(queue))
        if found is None:
            return Reached()
        recorded = moment(found.document["recordedAt"])
        position = Position(recorded, found.document["eventId"]) if recorded else None
        return Reached(position, found.updated)

    def consumers(self, tenant_id: str | None) -> Sequence[str]:
        """The consumers of a tenant, or of all tenants, that have a position: a hundred at most."""
        query = self._client.collection("event_consumers").where(
            filter=FieldFilter("tenantId", "==", tenant_id)
        )
        return [row["consumer"] for _, row in db.find(query.limit(100))]

    def move(self, queue: Queue, before: Reached, position: Position | None) -> None:
        """Where somebody else has moved it meanwhile, theirs stands: the next scan begins there."""
        if before.updated is not None and position == before.position:
            return
        document = {
            "consumer": queue.consumer,
            "tenantId": queue.tenant_id,
            "recordedAt": position and position.recorded_at,
            "eventId": position and position.event_id,
        }
        if before.updated is None:
            write = self._wire.creation(_path(queue), document)
        else:
            write = self._wire.updating(_path(queue), document, before.updated)
        try:
            self._wire.commit([write])
        except (db.AlreadyThere, db.ChangedMeanwhile):
            return


def _path(queue: Queue) -> str:
    scope = ("all",) if queue.tenant_id is None else ("tenant", queue.tenant_id)
    return CONSUMERS + derived_id(*scope, queue.consumer)
