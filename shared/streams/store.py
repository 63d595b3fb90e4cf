"""Streams in Firestore: `streams/{tenant}__{stream}/e/{version}`, each event created once.

A version can only follow one that is there, and what is there stays: so whoever once saw a version
may create the next without a look.
"""

import threading
from collections.abc import Sequence
from typing import NamedTuple

from cachetools import LRUCache
from google.cloud import firestore

from shared.events.models import Recording
from shared.kernel.ids import derived_id
from shared.platform.firestore import AlreadyThere, ChangedMeanwhile
from shared.platform.values import plain_fields
from shared.platform.wire import Wire
from shared.streams import documents
from shared.streams.models import Append, Record, Snapshot, StoredEvent, Stream

REMEMBERED = 10_000
LAST_VERSION = 10**10 - 1


class Seen(NamedTuple):
    """What an append finds: what its key was used for, and whether its place is free.

    `subject` is the stream's, None for one without events.
    """

    record: Record | None
    free: bool
    subject: str | None


class Tip(NamedTuple):
    """The newest event that this instance has seen."""

    version: int
    subject: str


class Streams:
    """Appends under a condition, and reads in order."""

    def __init__(self, client: firestore.Client) -> None:
        self._wire = Wire(client)
        self._tips: LRUCache[Stream, Tip] = LRUCache(REMEMBERED)
        self._lock = threading.Lock()

    def recall(self, stream: Stream, append: Append) -> Seen | None:
        """The place of an append, where this instance saw just the version before it last."""
        with self._lock:
            tip = self._tips.get(stream)
        known = tip is not None and tip.version == append.expected_version
        return Seen(None, True, tip.subject) if tip and known else None

    def look(self, stream: Stream, append: Append) -> Seen:
        """The same, in one call: the key's record, and the events before and in the place."""
        expected = append.expected_version
        used = _record_path(stream, append.operation)
        before, here = (documents.event_path(stream, expected + n) for n in (0, 1))
        found = self._wire.get([used, before, here] if expected else [used, here])
        record = documents.record(found[used].document) if used in found else None
        free = here not in found and (before in found or not expected)
        subject = found[before].document["subject"] if before in found else None
        return Seen(record, free, subject)

    def add(
        self,
        stream: Stream,
        operation: str,
        record: Record,
        events: Sequence[StoredEvent],
        told: Sequence[Recording],
    ) -> None:
        """All or nothing, what the bus is told included.

        Raises AlreadyThere or ChangedMeanwhile.
        """
        used = documents.record_document(stream, record)
        writes = [self._wire.creation(_record_path(stream, operation), used)]
        for event in events:
            document = documents.event_document(stream.tenant_id, event)
            writes.append(
                self._wire.creation(documents.event_path(stream, event.version), document)
            )
        writes += [self._wire.creation(*recording) for recording in told]
        try:
            self._wire.commit(writes)
        except (AlreadyThere, ChangedMeanwhile):
            self._forget(stream)
            raise
        self._remember(stream, events[-1])

    def version(self, stream: Stream) -> int:
        """The newest; 0 for a stream without events."""
        path = f"{documents.stream_path(stream)}/e"
        found = self._wire.ordered(path, "version", LAST_VERSION, 1, falling=True)
        return found[0].fields["version"].integer_value if found else 0

    def events(self, stream: Stream, start: int, limit: int) -> list[StoredEvent]:
        """From a version on, in order."""
        path = f"{documents.stream_path(stream)}/e"
        found = self._wire.ordered(path, "version", start, limit)
        return [documents.event(document.fields) for document in found]

    def snapshot(self, stream: Stream, version: int) -> Snapshot | None:
        """The newest that is of this version or before it."""
        path = f"{documents.stream_path(stream)}/snapshots"
        found = self._wire.ordered(path, "version", version, 1, falling=True)
        return documents.snapshot(plain_fields(found[0].fields)) if found else None

    def keep(self, stream: Stream, snapshot: Snapshot) -> None:
        """Over an older one of its version, which another reducer made, or a key that is gone."""
        path = documents.snapshot_path(stream, snapshot.version)
        self._wire.commit([self._wire.setting(path, documents.snapshot_document(snapshot))])

    def _remember(self, stream: Stream, event: StoredEvent) -> None:
        with self._lock:
            self._tips[stream] = Tip(event.version, event.subject)

    def _forget(self, stream: Stream) -> None:
        with self._lock:
            self._tips.pop(stream, None)


def _record_path(stream: Stream, operation: str) -> str:
    return f"stream_appends/{derived_id(stream.tenant_id, operation)}"
