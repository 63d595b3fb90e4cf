"""What an instance remembers for a while, shared by its threads."""

import threading
import time
from collections.abc import Callable
from contextlib import suppress
from typing import Generic, TypeVar

from cachetools import TTLCache

K = TypeVar("K")
V = TypeVar("V")


class Remembered(Generic[K, V]):
    """At most `entries` values, each for at most `seconds`."""

    def __init__(
        self,
        seconds: float,
        entries: int = 10_000,
        monotonic: Callable[[], float] = time.monotonic,
    ) -> None:
        self._values: TTLCache[K, V] = TTLCache(entries, seconds, monotonic)
        self._lock = threading.Lock()

    def get(self, key: K, load: Callable[[], V]) -> V:
        """The value, loaded when it is not remembered; a failure to load is not remembered."""
        # Asking for the value, not first whether it is there: it may end between the two.
        with self._lock, suppress(KeyError):
            return self._values[key]
        value = load()
        with self._lock:
            self._values[key] = value
        return value

    def forget(self, key: K) -> None:
        with self._lock:
            self._values.pop(key, None)
