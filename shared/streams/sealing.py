"""Personal values of streams: sealed before they are stored, opened while their key exists."""

from collections.abc import Sequence

import orjson

from shared.crypto.envelope import DataKey
from shared.crypto.models import Place, Unreadable
from shared.crypto.subjects import SubjectKeys
from shared.streams import rules
from shared.streams.models import Append, Snapshot, State, StoredEvent, Stream


class Seals:
    """Seals under the key of whom a stream is about."""

    def __init__(self, keys: SubjectKeys) -> None:
        self._keys = keys

    def sealed(
        self, stream: Stream, append: Append, events: Sequence[StoredEvent]
    ) -> tuple[Sequence[StoredEvent], str]:
        """The events as they are to be stored, and the mark of their personal values.

        Raises Erased for personal values of a subject whose key is destroyed.
        """
        if not append.is_personal:
            return events, ""
        key = self._keys.key_to_seal(stream.tenant_id, append.subject)
        return [_sealed(key, stream, event) for event in events], _mark(key, append)

    def mark(self, stream: Stream, append: Append) -> str | None:
        """The mark again; None once the key is destroyed."""
        if not append.is_personal:
            return ""
        key = self._keys.key(stream.tenant_id, append.subject)
        return _mark(key, append) if key else None

    def reader(self, stream: Stream) -> "Reader":
        return Reader(self._keys, stream)

    def erase(self, tenant_id: str, subject: str) -> None:
        self._keys.destroy(tenant_id, subject)


class Reader:
    """Opens what one request reads of a stream; the key is read once, when it is needed."""

    def __init__(self, keys: SubjectKeys, stream: Stream) -> None:
        self._keys = keys
        self._stream = stream
        self._found: dict[str, DataKey | None] = {}

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
        key = self._key(event.subject)
        if key is None:
            return rules.withheld(event)
        values = {name: self._value(key, event, name) for name in event.personal}
        return event._replace(data={**event.data, **values})

    def _value(self, key: DataKey, event: StoredEvent, name: str) -> object:
        place = _place(self._stream, event.version, name)
        try:
            return orjson.loads(key.open(place, event.data[name]))
        except Unreadable as damaged:
            where = f"Event {event.version} holds a sealed value that its key does not open."
            raise Unreadable(where) from damaged

    def _content(self, snapshot: Snapshot) -> str | bytes:
        if not snapshot.personal:
            return snapshot.content
        key, place = self._key(snapshot.subject), _snapshot_place(self._stream, snapshot.version)
        if key is None:
            raise Unreadable
        return key.open(place, snapshot.content)

    def _sealed(self, content: str, version: int, subject: str) -> str:
        key = self._key(subject)
        if key is None:
            raise Unreadable
        return key.seal(_snapshot_place(self._stream, version), content.encode())

    def _key(self, subject: str) -> DataKey | None:
        """None once it is destroyed."""
        if subject not in self._found:
            self._found[subject] = self._keys.key(self._stream.tenant_id, subject)
        return self._found[subject]


def _sealed(key: DataKey, stream: Stream, event: StoredEvent) -> StoredEvent:
    sealed = {
        name: key.seal(_place(stream, event.version, name), orjson.dumps(event.data[name]))
        for name in event.personal
    }
    return event._replace(data={**event.data, **sealed})


def _mark(key: DataKey, append: Append) -> str:
    return key.mark(rules.personal_values(append))


def _place(stream: Stream, version: int, field: str) -> Place:
    return Place(stream.tenant_id, "streams", f"{stream.stream_id}/{version}", field)


def _snapshot_place(stream: Stream, version: int) -> Place:
    return Place(stream.tenant_id, "snapshots", f"{stream.stream_id}/{version}", "state")
