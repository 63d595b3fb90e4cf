"""What is to be done, and when: taken by as many threads as ask."""

import heapq
import itertools
import threading
import time
from collections.abc import Callable

Job = Callable[[], None]


class Agenda:
    """Jobs in the order in which they are due."""

    def __init__(self) -> None:
        self._jobs: list[tuple[float, int, Job]] = []
        self._numbers = itertools.count()
        self._changed = threading.Condition()
        self._closed = False
        self._open = 0
        self.touched = time.monotonic()

    def put(self, job: Job, delay: float = 0.0) -> None:
        with self._changed:
            heapq.heappush(self._jobs, (time.monotonic() + delay, next(self._numbers), job))
            self._open += 1
            self._changed.notify()

    def work(self) -> None:
        """Do what is due, one after the other, until closed."""
        while job := self._next():
            try:
                job()
            finally:
                self._done()

    def close(self) -> None:
        with self._changed:
            self._closed = True
            self._changed.notify_all()

    @property
    def open(self) -> int:
        """Jobs that are not done yet."""
        return self._open

    def _next(self) -> Job | None:
        with self._changed:
            while not self._closed:
                wait = self._jobs[0][0] - time.monotonic() if self._jobs else None
                if wait is not None and wait <= 0:
                    return heapq.heappop(self._jobs)[2]
                self._changed.wait(wait)
        return None

    def _done(self) -> None:
        with self._changed:
            self._open -= 1
            self.touched = time.monotonic()
