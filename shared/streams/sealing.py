"""Personal values of streams: sealed before they are stored, opened while their key exists."""

from collections.abc import Sequence

import orjson

from shared.crypto.models import KeyRing, Place, Unreadable
from shared.crypto.service import DataKeys
from shared.kernel.errors import Conflict
from shared.streams import rules
from shared.streams.models import Append, Snapshot, State, StoredEvent, Stream


class Seals:
    """Seals under the key of whom a stream is about."""

    def __init__(self, keys: DataKeys) -> None:
        self._keys = keys

    def sealed(
        self, stream: Stream, append: Append, events: Sequence[StoredEvent]
    ) -> tuple[Sequence[StoredEvent], str]:
        """The events as they are to be stored, and the mark of their personal values.

        Raises Erased for personal values of a subject whose key is destroyed.
        """
        if not append.is_personal:
            return events, ""
        ring = self._keys.ring_to_seal(stream.tenant_id, append.subject)
        sealed = [self._sealed(ring, stream, event) for event in events]
        return sealed, self._mark(ring, append)

    def mark(self, stream: Stream, append: Append) -> str | None:
        """The mark again; None once the key is destroyed."""
        if not append.is_personal:
            return ""
        ring = self._keys.ring(stream.tenant_id, append.subject)
        return self._mark(ring, append) if ring and ring.versions else None

    def reader(self, stream: Stream) -> "Reader":
        return Reader(self._keys, stream)

    def erase(self, tenant_id: str, subject: str) -> None:
        self._keys.destroy(tenant_id, subject)

    def _sealed(self, ring: KeyRing, stream: Stream, event: StoredEvent) -> StoredEvent:
        key = self._keys.newest(ring)
        sealed = {
            name: key.seal(_place(stream, event.version, name), orjson.dumps(event.data[name]))
            for name in event.personal
        }
        return event._replace(data={**event.data, **sealed})

    def _mark(self, ring: KeyRing, append: Append) -> str:
        return self._keys.oldest(ring).mark(rules.personal_values(append))


class Reader:
    """Opens what one request reads of a stream; the key ring is read once, when it is needed."""

    def __init__(self, keys: DataKeys, stream: Stream) -> None:
        self._keys = keys
        self._stream = stream
        self._rings: dict[str, KeyRing | None] = {}

    def opened(self, events: Sequence[StoredEvent]) -> list[StoredEvent]:
        """Their personal values opened, or withheld once their key is destroyed."""
        return [self._opened(event) if event.personal else event for event in events]

    def state(self, snapshot: Snapshot) -> State | None:
        """None for one that cannot be opened: it is as good as none."""
        try:
            content = self._content(snapshot)
        except Unreadable:
            return None
        data = orjson.loads(content)
        return State(snapshot.version, data, snapshot.personal, snapshot.redacted)

    def snapshot(self, state: State, subject: str, reducer: str) -> Snapshot:
        content = orjson.dumps(state.data).decode()
        if state.personal:
            content = self._sealed(content, state.version, subject)
        return Snapshot(state.version, reducer, content, subject, state.personal, state.redacted)

    def _opened(self, event: StoredEvent) -> StoredEvent:
        ring = self._ring(event.subject)
        if ring is None:
            return rules.withheld(event)
        values = {name: self._value(ring, event, name) for name in event.personal}
        return event._replace(data={**event.data, **values})

    def _value(self, ring: KeyRing, event: StoredEvent, name: str) -> object:
        text = event.data[name]
        try:
            place = _place(self._stream, event.version, name)
            return orjson.loads(self._keys.key_of(ring, text).open(place, text))
        except Unreadable as damaged:
            where = f"Event {event.version} holds a sealed value that its key does not open."
            raise Conflict(where, reason="unreadable") from damaged

    def _content(self, snapshot: Snapshot) -> str | bytes:
        ring = self._ring(snapshot.subject) if snapshot.personal else None
        if ring:
            key = self._keys.key_of(ring, snapshot.content)
            return key.open(_snapshot_place(self._stream, snapshot.version), snapshot.content)
        if snapshot.personal:
            raise Unreadable
        return snapshot.content

    def _sealed(self, content: str, version: int, subject: str) -> str:
        ring = self._ring(subject)
        if ring is None:
            raise Unreadable
        place = _snapshot_place(self._stream, version)
        return self._keys.newest(ring).seal(place, content.encode())

    def _ring(self, subject: str) -> KeyRing | None:
        """None once it is destroyed."""
        if subject not in self._rings:
            found = self._keys.ring(self._stream.tenant_id, subject)
            self._rings[subject] = found if found and found.versions else None
        return self._rings[subject]


def _place(stream: Stream, version: int, field: str) -> Place:
    return Place(stream.tenant_id, "streams", f"{stream.stream_id}/{version}", field)


def _snapshot_place(stream: Stream, version: int) -> Place:
    return Place(stream.tenant_id, "snapshots", f"{stream.stream_id}/{version}", "state")
