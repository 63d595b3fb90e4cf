"""Many who ask for the same at once: on an instance, the first of them leads."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager


class Bursts:
    def __init__(self) -> None:
        self._led: set[str] = set()
        self._lock = threading.Lock()

    @contextmanager
    def leading(self, name: str) -> Iterator[bool]:
        """Whether nobody else leads; until the block ends, nobody else will."""
        with self._lock:
            leads = name not in self._led
            self._led.add(name)
        try:
            yield leads
        finally:
            if leads:
                with self._lock:
                    self._led.discard(name)
