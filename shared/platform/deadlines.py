"""What is done at a moment unless it is called off before: one thread for all of it."""

import heapq
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from itertools import count

Act = Callable[[], None]


class _Due:
    """Called off by taking `act` away; the thread drops it when its time comes."""

    __slots__ = ("act",)

    def __init__(self, act: Act) -> None:
        self.act: Act | None = act


class Deadlines:
    """For short acts that do not fail."""

    def __init__(self) -> None:
        self._waiting: list[tuple[float, int, _Due]] = []
        self._numbers = count()
        self._changed = threading.Condition()
        self._runs = False

    @contextmanager
    def after(self, seconds: float, act: Act) -> Iterator[None]:
        """Do it when the block takes longer than that."""
        due = _Due(act)
        self._add(time.monotonic() + seconds, due)
        try:
            yield
        finally:
            due.act = None

    def _add(self, at: float, due: _Due) -> None:
        with self._changed:
            heapq.heappush(self._waiting, (at, next(self._numbers), due))
            if not self._runs:
                self._runs = True
                threading.Thread(target=self._run, name="deadlines", daemon=True).start()
            elif self._waiting[0][2] is due:
                self._changed.notify()

    def _run(self) -> None:
        while True:
            act = self._next().act
            if act:
                act()

    def _next(self) -> _Due:
        with self._changed:
            while not self._waiting or (wait := self._waiting[0][0] - time.monotonic()) > 0:
                self._changed.wait(wait if self._waiting else None)
            return heapq.heappop(self._waiting)[2]
