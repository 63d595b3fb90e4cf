"""Documents that an instance knows, and as of when: fresh enough, or read for all who ask."""

import threading
import time
from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple

from cachetools import LRUCache

from shared.platform.firestore import Document
from shared.platform.lanes import Lanes
from shared.platform.wire import Wire

REMEMBERED = 1_000
LASTS_SECONDS = 10.0  # what is asked for late has changed since, it may be


class _Seen(NamedTuple):
    """`at` is the store's time, and `read` this instance's."""

    document: Document
    at: int
    read: float

    def holds(self, moment: int) -> bool:
        return self.at >= moment and time.monotonic() - self.read < LASTS_SECONDS


@dataclass(slots=True)
class _Job:
    name: str
    seen: _Seen | None = None
    failure: Exception | None = None


class Known:
    """Of one collection. A document that is not there is an empty one."""

    def __init__(self, wire: Wire, collection: str) -> None:
        self._wire = wire
        self._collection = collection
        self._seen: LRUCache[str, _Seen] = LRUCache(REMEMBERED)
        self._lock = threading.Lock()
        self._lanes: Lanes[_Job] = Lanes(self._work)

    def now(self, name: str) -> Document:
        """As it is."""
        job = _Job(name)
        self._lanes.join("", job)
        if job.seen is None:
            raise job.failure or LookupError
        return job.seen.document

    def at(self, name: str, moment: int) -> Document:
        """As it was then (nanoseconds, the store's clock) or later, and not long ago."""
        with self._lock:
            seen = self._seen.get(name)
        return seen.document if seen and seen.holds(moment) else self.now(name)

    def _work(self, _: str, jobs: Sequence[_Job]) -> None:
        """One call for all who asked before it was made."""
        try:
            self._read(jobs)
        except Exception as failure:  # each caller's to judge
            for job in jobs:
                job.failure = failure

    def _read(self, jobs: Sequence[_Job]) -> None:
        paths = {job.name: f"{self._collection}/{job.name}" for job in jobs}
        found, at = self._wire.get_as_of(paths.values())
        for job in jobs:
            there = found.get(paths[job.name])
            job.seen = _Seen(there.document if there else {}, at, time.monotonic())
        with self._lock:
            self._seen.update((job.name, job.seen) for job in jobs if job.seen)
