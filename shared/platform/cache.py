"""What an instance remembers for a while, shared by its threads."""

import threading
from collections.abc import Callable
from typing import Generic, TypeVar

from cachetools import TTLCache

K = TypeVar("K")
V = TypeVar("V")


class Remembered(Generic[K, V]):
    """At most `entries` values, each for at most `seconds`."""

    def __init__(self, seconds: float, entries: int = 10_000) -> None:
        self._values: TTLCache[K, V] = TTLCache(entries, seconds)
        self._lock = threading.Lock()

    def get(self, key: K, load: Callable[[], V]) -> V:
        """The value, loaded when it is not remembered; a failure to load is not remembered."""
        with self._lock:
            if key in self._values:
                return self._values[key]
        value = load()
        with self._lock:
            self._values[key] = value
        return value

    def forget(self, key: K) -> None:
        with self._lock:
            self._values.pop(key, None)
