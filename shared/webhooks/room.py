"""How many requests an instance has under way to each endpoint: a slow one must not have all."""

import threading
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager

AT_ONCE = 8


class Room:
    """`AT_ONCE` places for each endpoint."""

    def __init__(self) -> None:
        self._taken: Counter[str] = Counter()
        self._lock = threading.Lock()

    @contextmanager
    def places(self, webhook_ids: list[str]) -> Iterator[frozenset[str]]:
        """Those of the endpoints that had a place left, which is taken until the end."""
        with self._lock:
            got = frozenset(name for name in webhook_ids if self._taken[name] < AT_ONCE)
            self._taken.update(got)
        try:
            yield got
        finally:
            with self._lock:
                self._taken.subtract(got)
                self._taken += Counter()  # drops those that are back at none
