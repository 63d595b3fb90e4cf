"""Rate limits by the moving window of the library `limits`, in memory or in Redis."""

import threading
import time
from collections import deque
from collections.abc import Callable, Sequence

from cachetools import LRUCache
from limits import RateLimitItem, RateLimitItemPerMinute
from limits.storage import MemoryStorage
from limits.strategies import MovingWindowRateLimiter

from shared.kernel.limiting import Standing, Taken, Window

MOST_WINDOWS = 10_000


class BoundedStorage(MemoryStorage):
    """Keeps the windows that were used last.

    The library's own keeps each for ever, and walks through all of them every ten milliseconds.
    """

    def __init__(self, now: Callable[[], float], most: int) -> None:
        super().__init__()
        self._now = now
        self._windows: LRUCache[str, deque[float]] = LRUCache(most)

    def acquire_entry(self, key: str, limit: int, expiry: int, amount: int = 1) -> bool:
        entries = self._entries(key, expiry)
        if len(entries) + amount > limit:
            return False
        entries.extend([self._now()] * amount)
        self._windows[key] = entries
        return True

    def get_moving_window(self, key: str, limit: int, expiry: int) -> tuple[float, int]:
        entries = self._entries(key, expiry)
        return (entries[0], len(entries)) if entries else (self._now(), 0)

    def _entries(self, key: str, expiry: int) -> deque[float]:
        entries = self._windows.get(key) or deque()
        while entries and entries[0] <= self._now() - expiry:
            entries.popleft()
        return entries


class MemoryLimiter:
    """Counts what this instance sees, and asks nobody."""

    def __init__(
        self, now: Callable[[], float] = time.time, most_windows: int = MOST_WINDOWS
    ) -> None:
        self._now = now
        self._strategy = MovingWindowRateLimiter(BoundedStorage(now, most_windows))
        self._lock = threading.Lock()

    def take(self, windows: Sequence[Window], strict: bool = False) -> Taken:
        """Count a request in all of its windows, or in none."""
        with self._lock:
            allowed = self._room(windows)
            if allowed:
                for window in windows:
                    self._strategy.hit(item_of(window), window.partition)
            return Taken(allowed, [self._standing(window) for window in windows])

    def look(self, windows: Sequence[Window]) -> Taken:
        """The same, without counting it."""
        with self._lock:
            return Taken(self._room(windows), [self._standing(window) for window in windows])

    def _room(self, windows: Sequence[Window]) -> bool:
        return all(self._strategy.test(item_of(window), window.partition) for window in windows)

    def _standing(self, window: Window) -> Standing:
        stats = self._strategy.get_window_stats(item_of(window), window.partition)
        return Standing(window, stats.remaining, stats.reset_time - self._now())


def item_of(window: Window) -> RateLimitItem:
    return RateLimitItemPerMinute(window.limit, namespace=window.name)
