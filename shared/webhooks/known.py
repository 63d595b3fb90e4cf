"""Documents that an instance knows, and as of when: fresh enough, or read for all who ask."""

import functools
import threading
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Generic, NamedTuple, TypeVar

from cachetools import LRUCache

from shared.platform.firestore import Document
from shared.platform.lanes import Lanes
from shared.platform.wire import Found, Wire

REMEMBERED = 1_000
LASTS_SECONDS = 10.0  # what is asked for late has changed since, it may be
T = TypeVar("T")


class _Seen(NamedTuple, Generic[T]):
    """`at` is the store's time, and `read` this instance's; what it holds is made of it once."""

    made: Callable[[], T]
    at: int
    read: float

    def holds(self, moment: int) -> bool:
        return self.at >= moment and time.monotonic() - self.read < LASTS_SECONDS


@dataclass(slots=True)
class _Job(Generic[T]):
    name: str
    seen: _Seen[T] | None = None
    failure: Exception | None = None


class Known(Generic[T]):
    """Of one collection, as what `make` makes of them. One that is not there is an empty one."""

    def __init__(self, wire: Wire, collection: str, make: Callable[[str, Document], T]) -> None:
        self._wire = wire
        self._collection = collection
        self._make = make
        self._seen: LRUCache[str, _Seen[T]] = LRUCache(REMEMBERED)
        self._lock = threading.Lock()
        self._lanes: Lanes[_Job[T]] = Lanes(self._work)

    def now(self, name: str) -> T:
        """As it is."""
        job: _Job[T] = _Job(name)
        self._lanes.join("", job)
        if job.seen is None:
            raise job.failure or LookupError
        return job.seen.made()

    def at(self, name: str, moment: int) -> T:
        """As it was then (nanoseconds, the store's clock) or later, and not long ago."""
        with self._lock:
            seen = self._seen.get(name)
        return seen.made() if seen and seen.holds(moment) else self.now(name)

    def _work(self, _: str, jobs: Sequence[_Job[T]]) -> None:
        """One call for all who asked before it was made."""
        try:
            self._read(jobs)
        except Exception as failure:  # each caller's to judge
            for job in jobs:
                job.failure = failure

    def _read(self, jobs: Sequence[_Job[T]]) -> None:
        paths = {job.name: f"{self._collection}/{job.name}" for job in jobs}
        found, at = self._wire.get_as_of(paths.values())
        read = time.monotonic()
        seen = {
            name: _Seen(self._made(name, found.get(path)), at, read) for name, path in paths.items()
        }
        for job in jobs:
            job.seen = seen[job.name]
        with self._lock:
            self._seen.update(seen)

    def _made(self, name: str, found: Found | None) -> Callable[[], T]:
        """Made by the first who asks: each pays, and fails, for its own."""
        return functools.cache(functools.partial(self._make, name, found.document if found else {}))
