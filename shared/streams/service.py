"""Use cases of streams: append once, read the log, look at the aggregate as it was, erase."""

from collections.abc import Sequence
from contextlib import suppress

from shared.crypto.models import Erased
from shared.events.models import Recording
from shared.events.service import EventBus
from shared.kernel.clock import Clock
from shared.kernel.errors import DependencyUnavailable, InvalidRequest, NotFound
from shared.kernel.pages import Page, decode_cursor, encode_cursor
from shared.platform import firestore as db
from shared.streams import documents, rules
from shared.streams.catalogue import Catalogue, Reducer
from shared.streams.models import Append, Appended, Record, Snapshot, State, StoredEvent, Stream
from shared.streams.sealing import Reader, Seals
from shared.streams.store import LAST_VERSION, Seen, Streams

ATTEMPTS = 8
PAGE = 200
PAGES = 250  # a longer rebuild goes on where it stopped when it is asked for again


class EventStore:
    """Streams have dense versions from 1; what is recorded stays as it is."""

    def __init__(
        self, streams: Streams, seals: Seals, known: Catalogue, bus: EventBus, clock: Clock
    ) -> None:
        self._streams = streams
        self._seals = seals
        self._known = known
        self._bus = bus
        self._clock = clock

    def append(self, stream: Stream, append: Append) -> Appended:
        """All of the events or none, once for each operation.

        Raises WrongVersion, with the current one; IdempotencyKeyReused; Erased.
        """
        rules.require_appendable(append, self._known)
        seen = self._streams.recall(stream, append) or self._streams.look(stream, append)
        replay = True
        for attempt in range(ATTEMPTS):
            if seen.record:
                return self._repeated(stream, append, seen.record)._replace(replay=replay)
            self._require_place(stream, append, seen)
            try:
                return self._added(stream, append)
            except Erased as erased:
                return self._told_before(stream, append, erased)
            except (db.AlreadyThere, db.ChangedMeanwhile) as failure:
                replay = replay and not isinstance(failure, db.OutcomeUnknown)
            db.pause(attempt)
            seen = self._streams.look(stream, append)
        raise DependencyUnavailable(reason="contention")

    def events(
        self, stream: Stream, from_version: int, limit: int, cursor: str | None
    ) -> Page[StoredEvent]:
        """The log from a version on; raises NotFound for a stream without events."""
        scope = f"stream:{stream.tenant_id}:{stream.stream_id}"
        start = _version_in(cursor, scope) if cursor else from_version
        found = self._streams.events(stream, start, limit + 1)
        if not found and (start == 1 or not self._streams.version(stream)):
            raise NotFound(reason="stream")
        items = self._seals.reader(stream).opened(found[:limit])
        more = len(found) > limit
        return Page(items, encode_cursor(scope, str(found[limit].version)) if more else None)

    def state(self, stream: Stream, version: int | None = None) -> State:
        """The aggregate as it is, or as it was at a version.

        Raises NotFound for a version that is not there, UnknownSchema for events of a newer one.
        """
        reducer, reader = self._known.reducer(stream.type), self._seals.reader(stream)
        state = self._snapshot(stream, version or LAST_VERSION, reducer, reader)
        for _ in range(PAGES):
            wanted = min(PAGE, (version or LAST_VERSION) - state.version)
            found = self._streams.events(stream, state.version + 1, wanted) if wanted else []
            state = self._folded(stream, state, reader.opened(found), reducer, reader)
            if len(found) < PAGE:
                return _required(state, version)
        raise DependencyUnavailable(reason="long_rebuild")

    def erase(self, tenant_id: str, subject: str) -> None:
        """End the key of the subject's personal data; raises NotFound where there is none."""
        self._seals.erase(tenant_id, subject)

    def _added(self, stream: Stream, append: Append) -> Appended:
        events = documents.events_of(stream, append, self._clock())
        sealed, seal = self._seals.sealed(stream, append, events)
        record = Record(append.version, rules.fingerprint(stream, append), seal)
        told = self._told(stream, append, events)
        self._streams.add(stream, append.operation, record, sealed, told)
        return Appended(append.version, replay=False)

    def _told(
        self, stream: Stream, append: Append, events: Sequence[StoredEvent]
    ) -> list[Recording]:
        if append.publish is None:
            return []
        told = (rules.published(stream, event, append.publish) for event in events)
        return [self._bus.recording(event) for event in told]

    def _repeated(self, stream: Stream, append: Append, record: Record) -> Appended:
        mark, seal = rules.fingerprint(stream, append), self._seals.mark(stream, append)
        rules.require_same(record, mark, seal)
        return Appended(record.version, replay=True)

    def _told_before(self, stream: Stream, append: Append, erased: Erased) -> Appended:
        """What was appended before its subject was forgotten is known again, as all repeats are."""
        record = self._streams.look(stream, append).record
        if record is None:
            raise erased
        return self._repeated(stream, append, record)

    def _require_place(self, stream: Stream, append: Append, seen: Seen) -> None:
        if not seen.free:
            raise rules.WrongVersion(self._streams.version(stream))
        rules.require_subject(append, seen.subject)

    def _snapshot(self, stream: Stream, version: int, reducer: Reducer, reader: Reader) -> State:
        """The newest that is of any use, else the beginning."""
        found = self._streams.snapshot(stream, version)
        usable = found if found and found.reducer == reducer.mark else None
        return (reader.state(usable) if usable else None) or State()

    def _folded(
        self,
        stream: Stream,
        state: State,
        events: Sequence[StoredEvent],
        reducer: Reducer,
        reader: Reader,
    ) -> State:
        """The state after the events; a version that is to be kept is kept on the way."""
        until = rules.until_snapshot(state, events)
        if until:
            state = rules.fold(state, events[:until], reducer, self._known)
            self._keep(stream, reader.snapshot(state, events[0].subject, reducer.mark))
        return rules.fold(state, events[until:], reducer, self._known)

    def _keep(self, stream: Stream, snapshot: Snapshot) -> None:
        """If it can be: a snapshot that is missing costs time and nothing else."""
        if rules.fits(snapshot):
            with suppress(db.ChangedMeanwhile):
                self._streams.keep(stream, snapshot)


def _required(state: State, version: int | None) -> State:
    if not state.version:
        raise NotFound(reason="stream")
    if version and state.version < version:
        raise NotFound(f"The stream is at version {state.version}.", reason="version")
    return state


def _version_in(cursor: str, scope: str) -> int:
    found = decode_cursor(cursor, scope)
    if len(found) != 1 or not found[0].isascii() or not found[0].isdecimal() or len(found[0]) > 10:
        raise InvalidRequest("The cursor is not valid.", reason="broken_cursor")
    return int(found[0])
