"""What an instance remembers for a while, shared by its threads."""

import threading
import time
from collections.abc import Callable, Collection, Mapping
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
        self._forgotten = 0

    def get(self, key: K, load: Callable[[], V]) -> V:
        """The value, loaded when it is not remembered; a failure to load is not remembered."""
        return self.get_all((key,), lambda _: {key: load()})[key]

    def get_all(
        self, keys: Collection[K], load: Callable[[Collection[K]], Mapping[K, V]]
    ) -> Mapping[K, V]:
        """The values; those that are not remembered are loaded together."""
        with self._lock:
            found = self._known(keys)
        missing = [key for key in keys if key not in found]
        return {**found, **self.learn(lambda: load(missing))} if missing else found

    def learn(self, load: Callable[[], Mapping[K, V]]) -> Mapping[K, V]:
        """What is loaded, remembered from here on, whatever its keys turn out to be."""
        with self._lock:
            forgotten = self._forgotten
        loaded = load()
        with self._lock:
            # What was forgotten meanwhile may have been loaded before it changed.
            if self._forgotten == forgotten:
                self._values.update(loaded)
        return loaded

    def forget(self, key: K) -> None:
        with self._lock:
            self._forgotten += 1
            self._values.pop(key, None)

    def clear(self) -> None:
        with self._lock:
            self._forgotten += 1
            self._values.clear()

    def _known(self, keys: Collection[K]) -> dict[K, V]:
        """Asking for a value, not first whether it is there: it may end between the two."""
        found = {}
        for key in keys:
            with suppress(KeyError):
                found[key] = self._values[key]
        return found
