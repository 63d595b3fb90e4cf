"""What the benchmarks of sync share: documents that a product stamps, and their events."""

from dataclasses import replace
from typing import Any
from uuid import uuid4

from google.cloud.firestore_v1 import _helpers, types
from google.events.cloud.firestore import DocumentEventData

from shared.kernel.clock import utc_now
from shared.sync.changes import said_by
from shared.sync.credible import SYNC_FIELD
from shared.sync.documents import version_of
from shared.sync.encoding import fill_marks
from shared.sync.marks import marks_of
from shared.sync.models import Change, Marks, Peer, Place, Version, Write
from shared.sync.routes import Mirrored
from shared.sync.scopes import EVERYTHING
from shared.sync.stamping import stamped

COLLECTION = "bench_cases"
APP, BO = "demo-app", "demo-bo"
TENANT = {"tenantId": "bench"}


class Route:
    """Between the app and the backoffice, for every document; and nothing goes wrong on it."""

    def at(self, project: str, collection: str) -> Mirrored:
        return Mirrored(EVERYTHING, [Peer(BO if project == APP else APP, COLLECTION)])

    def keep(self, letter: Any) -> None:
        raise AssertionError(letter)

    def note(self, overruled: Any) -> None:
        raise AssertionError(overruled)


class Document:
    """A document of the app as its product writes it: each write is an event."""

    def __init__(self) -> None:
        self.place = Place(APP, COLLECTION, uuid4().hex)
        self._fields: dict[str, Any] = dict(TENANT)
        self._message: Any = None
        self._version: Version | None = None

    def write(self, **changes: Any) -> bytes:
        """The payload of the trigger."""
        self._fields |= changes
        old, self._message = self._message, self._written()
        event = event_of(old, self._message)
        if old is None:
            _mark(self._message, self._by_engine(_version(self._message)))
        self._version = _version(self._message)
        return event

    def _written(self) -> Any:
        """A creation is plain, an edit stamped."""
        now = utc_now()
        message = types.Document.pb()(name=name_of(self.place))
        for name, value in self._fields.items():
            message.fields[name].CopyFrom(types.Value.pb(_helpers.encode_value(value)))
        message.update_time.FromDatetime(now)
        message.create_time.FromDatetime(now)
        if self._version:
            at_us = int(now.timestamp() * 1_000_000)
            _mark(message, stamped(self._version, _version(message).fields, "app", at_us))
        return message

    def _by_engine(self, created: Version) -> Marks:
        """What the engine adds to a creation."""
        change = Change(self.place, uuid4().hex, created.updated // 1000, None, created)
        marks = marks_of(said_by(change, "app"), created.fields, 0)
        return replace(marks, write=Write("app", change.event_id, created.updated))


def _mark(message: Any, marks: Marks | None) -> None:
    if marks is None:
        raise AssertionError("It could not be stamped.")
    value = message.fields[SYNC_FIELD]
    fill_marks(value, marks)
    written_at = value.map_value.fields["w"].map_value.fields["at"]
    written_at.timestamp_value.CopyFrom(message.create_time)


def event_of(old: Any, new: Any) -> bytes:
    """The payload of a trigger; the messages differ in name only, not on the wire."""
    event = DocumentEventData.pb()()
    for target, version in ((event.old_value, old), (event.value, new)):
        if version is not None:
            target.MergeFromString(version.SerializeToString())
    return bytes(event.SerializeToString())


def name_of(place: Place) -> str:
    return f"projects/{place.project}/databases/(default)/documents/{place.path}"


def _version(message: Any) -> Version:
    created, updated = message.create_time, message.update_time
    return version_of(message.fields, created.ToNanoseconds(), updated.ToNanoseconds())
