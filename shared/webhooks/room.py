"""How many requests an instance has under way to each endpoint: a slow one must not have all."""

import threading
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager

AT_ONCE = 8


class Room:
    """`AT_ONCE` places for each endpoint. Once one is left that others asked for in vain, they are
    called."""

    def __init__(self, call: Callable[[str], None]) -> None:
        self._call = call
        self._taken: Counter[str] = Counter()
        self._in_vain: set[str] = set()
        self._lock = threading.Lock()

    @contextmanager
    def places(self, names: Iterable[str]) -> Iterator[frozenset[str]]:
        """Those of the endpoints that had a place left, which is taken until the end."""
        got = self._take(set(names))
        try:
            yield got
        finally:
            for name in self._leave(got):
                self._call(name)

    def _take(self, names: set[str]) -> frozenset[str]:
        with self._lock:
            got = frozenset(name for name in names if self._taken[name] < AT_ONCE)
            self._taken.update(got)
            self._in_vain |= names - got
        return got

    def _leave(self, names: frozenset[str]) -> set[str]:
        with self._lock:
            self._taken -= Counter(names)
            called = self._in_vain & names
            self._in_vain -= called
        return called
