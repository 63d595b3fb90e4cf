"""What did not go as somebody wished: `sync_dead_letters` and `conflicts`, each once."""

from collections.abc import Mapping
from datetime import timedelta
from typing import Any, NamedTuple

from google.cloud import firestore

from shared.kernel.clock import Clock, rfc3339
from shared.kernel.ids import derived_id
from shared.kernel.pages import Page, decode_moment, encode_cursor
from shared.platform import firestore as db
from shared.sync.lost import Overruled, Side
from shared.sync.refusals import DeadLetter
from shared.sync.stamps import node_of
from shared.sync.tenancy import tenant_text

LETTERS_KEPT = timedelta(days=30)
CONFLICTS_KEPT = timedelta(days=90)
DEAD_LETTERS, CONFLICTS = "sync_dead_letters", "conflicts"
MOST_DATA = 900_000  # bytes; a document holds a little more than a million
MOST_VALUE = 200_000  # bytes; of each of the two
Row = Mapping[str, Any]


class Record(NamedTuple):
    """A stored conflict or dead letter, and its id."""

    name: str
    row: Row


class Records:
    """Keeps them in the hub."""

    def __init__(self, hub: firestore.Client, clock: Clock) -> None:
        self._hub = hub
        self._clock = clock

    def keep(self, letter: DeadLetter) -> None:
        letter_id = derived_id(letter.event_id, letter.cause, letter.project, letter.peer)
        self._add(DEAD_LETTERS, letter_id, _letter(letter), LETTERS_KEPT)

    def note(self, overruled: Overruled) -> None:
        """One batch may write the same field of alike named documents of several collections."""
        loss, path = overruled.loss, min(place.path for place in overruled.places)
        conflict_id = derived_id(path, loss.field, loss.loser.stamp)
        self._add(CONFLICTS, conflict_id, _conflict(overruled), CONFLICTS_KEPT)

    def conflicts(self, tenant_id: str | None, size: int, cursor: str | None) -> Page[Record]:
        """The latest first: of a tenant, or of all (None)."""
        query: Any = self._hub.collection(CONFLICTS)
        if tenant_id is not None:
            query = query.where(filter=firestore.FieldFilter("tenantId", "==", tenant_id))
        return self._page(query, CONFLICTS, tenant_id or "", size, cursor)

    def letters(self, size: int, cursor: str | None) -> Page[Record]:
        """The latest first."""
        return self._page(self._hub.collection(DEAD_LETTERS), DEAD_LETTERS, "", size, cursor)

    def conflict(self, conflict_id: str) -> Row | None:
        return self._read(CONFLICTS, conflict_id)

    def letter(self, letter_id: str) -> Row | None:
        return self._read(DEAD_LETTERS, letter_id)

    def reverted(self, conflict_id: str, by: str) -> None:
        """Note it once; who came first stays."""
        reference = self._hub.collection(CONFLICTS).document(conflict_id)
        noted = {"revertedAt": self._clock(), "revertedBy": by}
        db.change(self._hub, reference, lambda row: None if "revertedAt" in row else noted)

    def drop(self, letter_id: str) -> None:
        with db.bounded():
            reference = self._hub.collection(DEAD_LETTERS).document(letter_id)
            reference.delete(retry=db.PATIENT, timeout=db.TIMEOUT_SECONDS)

    def _read(self, collection: str, name: str) -> Row | None:
        found = db.read(self._hub.collection(collection).document(name))
        return found[0] if found else None

    def _page(
        self, query: Any, collection: str, scope: str, size: int, cursor: str | None
    ) -> Page[Record]:
        latest, scope = firestore.Query.DESCENDING, f"{collection}:{scope}"
        ordered = query.order_by("at", direction=latest).order_by("__name__", direction=latest)
        if cursor:
            at, name = decode_moment(cursor, scope)
            after = self._hub.collection(collection).document(name)
            ordered = ordered.start_after({"at": at, "__name__": after})
        found = [Record(name, row) for name, row in db.find(ordered.limit(size + 1))]
        last = found[size - 1] if len(found) > size else None
        more = last and encode_cursor(scope, rfc3339(last.row["at"]), last.name)
        return Page(found[:size], more)

    def _add(self, collection: str, name: str, record: dict[str, Any], kept: timedelta) -> None:
        now = self._clock()
        document = {"at": now, "expireAt": now + kept} | record
        db.create(self._hub.collection(collection).document(name), document)


def _letter(letter: DeadLetter) -> dict[str, Any]:
    return {
        "cause": letter.cause,
        "eventId": letter.event_id,
        "project": letter.project,
        "path": letter.path,
        "peer": letter.peer,
        "tenantId": letter.tenant_id,
        "happenedAt": letter.at,
        "data": letter.data[:MOST_DATA],
        "whole": len(letter.data) <= MOST_DATA,
    }


def _conflict(overruled: Overruled) -> dict[str, Any]:
    loss, change = overruled.loss, overruled.change
    return {
        "path": change.place.path,
        "field": loss.field,
        "policy": overruled.policy,
        "winner": _side(loss.winner),
        "loser": _side(loss.loser),
        "tenantId": tenant_text(change, overruled.tenant_field),
        "tenantField": overruled.tenant_field,
        "schemaVersion": overruled.schema_version,
        "places": [{"project": p.project, "path": p.path} for p in overruled.places],
    }


def _side(side: Side) -> dict[str, Any]:
    whole = side.value is None or len(side.value) <= MOST_VALUE
    return {
        "node": node_of(side.stamp),
        "stamp": side.stamp,
        "value": side.value if whole else None,
        "whole": whole,
    }
