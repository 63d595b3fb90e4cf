"""Documents that an instance knows, and as of when: fresh enough, or read for all who ask."""

import functools
import threading
import time
from collections.abc import Callable, Sequence
from typing import Generic, NamedTuple, TypeVar

from cachetools import LRUCache

from shared.platform.batched import Batched
from shared.platform.firestore import Document
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


class Known(Generic[T]):
    """Of one collection, as what `make` makes of them. One that is not there is an empty one."""

    def __init__(self, wire: Wire, collection: str, make: Callable[[str, Document], T]) -> None:
        self._wire = wire
        self._collection = collection
        self._make = make
        self._seen: LRUCache[str, _Seen[T]] = LRUCache(REMEMBERED)
        self._lock = threading.Lock()
        self._reads: Batched[str, _Seen[T]] = Batched(self._read)

    def now(self, name: str) -> T:
        """As it is."""
        return self._reads.ask(name).made()

    def at(self, name: str, moment: int) -> T:
        """As it was then (nanoseconds, the store's clock) or later, and not long ago."""
        with self._lock:
            seen = self._seen.get(name)
        return seen.made() if seen and seen.holds(moment) else self.now(name)

    def _read(self, names: Sequence[str]) -> list[_Seen[T]]:
        """One call for all who asked before it was made."""
        paths = {name: f"{self._collection}/{name}" for name in names}
        found, at = self._wire.get_as_of(paths.values())
        read = time.monotonic()
        seen = {
            name: _Seen(self._made(name, found.get(path)), at, read) for name, path in paths.items()
        }
        with self._lock:
            self._seen.update(seen)
        return [seen[name] for name in names]

    def _made(self, name: str, found: Found | None) -> Callable[[], T]:
        """Made by the first who asks: each pays, and fails, for its own."""
        return functools.cache(functools.partial(self._make, name, found.document if found else {}))
