"""What did not go as somebody wished: `sync_dead_letters` and `conflicts`, each once."""

from dataclasses import asdict
from datetime import timedelta
from typing import Any

from google.cloud import firestore

from shared.kernel.clock import Clock
from shared.kernel.ids import derived_id
from shared.platform import firestore as db
from shared.sync.conflicts import Overruled, Side
from shared.sync.models import DeadLetter
from shared.sync.stamps import node_of
from shared.sync.tenancy import tenant_text

KEPT = timedelta(days=30)
CONFLICTS_KEPT = timedelta(days=90)
DEAD_LETTERS, CONFLICTS = "sync_dead_letters", "conflicts"
MOST_DATA = 900_000  # bytes; a document holds a little more than a million
MOST_VALUE = 200_000  # bytes; of each of the two


class Records:
    """Keeps them in the hub."""

    def __init__(self, hub: firestore.Client, clock: Clock) -> None:
        self._hub = hub
        self._clock = clock

    def keep(self, letter: DeadLetter) -> None:
        letter_id = derived_id(letter.event_id, letter.cause, letter.project, letter.peer)
        self._add(DEAD_LETTERS, letter_id, _letter(letter), KEPT)

    def note(self, overruled: Overruled) -> None:
        loss, place = overruled.loss, overruled.change.place
        conflict_id = derived_id(place.document_id, loss.field, loss.loser.stamp)
        self._add(CONFLICTS, conflict_id, _conflict(overruled), CONFLICTS_KEPT)

    def _add(self, collection: str, name: str, record: dict[str, Any], kept: timedelta) -> None:
        now = self._clock()
        document = {"recordedAt": now, "expireAt": now + kept} | record
        db.create(self._hub.collection(collection).document(name), document)


def _letter(letter: DeadLetter) -> dict[str, Any]:
    record = asdict(letter)
    record["eventId"], record["tenantId"] = record.pop("event_id"), record.pop("tenant_id")
    return record | {"data": letter.data[:MOST_DATA]}


def _conflict(overruled: Overruled) -> dict[str, Any]:
    loss, change = overruled.loss, overruled.change
    return {
        "path": change.place.path,
        "field": loss.field,
        "policy": overruled.policy,
        "winner": _side(loss.winner),
        "loser": _side(loss.loser),
        "tenantId": tenant_text(change, overruled.tenant_field),
        "places": [{"project": p.project, "path": p.path} for p in overruled.places],
    }


def _side(side: Side) -> dict[str, Any]:
    value = side.value
    whole = value is None or len(value) <= MOST_VALUE
    return {
        "node": node_of(side.stamp),
        "stamp": side.stamp,
        "value": value if whole else None,
        "whole": whole,
    }
