"""One at a time for each key: whoever comes while a batch is under way joins the next one.

The first to come leads: it takes all that has queued, does it in one go, and hands over to whoever
came meanwhile. So a hot account costs an instance one commit for many operations, not one each.
"""

import threading
import time
from collections import deque
from collections.abc import Callable, Sequence
from typing import Generic, TypeVar

T = TypeVar("T")
BATCH = 200
GATHER_SECONDS = 0.002
GATHER_ROUNDS = 10


class Seat(Generic[T]):
    """A job in a lane. It is woken when it is done, or when it is its turn to lead."""

    def __init__(self, job: T, woken: threading.Event) -> None:
        self.job = job
        self.done = False
        self.woken = woken


class Lanes(Generic[T]):
    """A queue a key. `work` does a batch of jobs of one key; its failures are its jobs' own.

    All waiting is done by `event` and `sleep`.
    """

    def __init__(
        self,
        work: Callable[[str, Sequence[T]], None],
        event: Callable[[], threading.Event] = threading.Event,
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        self._work = work
        self._event = event
        self._sleep = sleep
        self._lock = threading.Lock()
        self._queues: dict[str, deque[Seat[T]]] = {}
        self._crowded: set[str] = set()

    def join(self, key: str, job: T) -> None:
        """Returns when the job is done, by this thread or by another."""
        seat = Seat(job, self._event())
        with self._lock:
            leads = key not in self._queues
            self._queues.setdefault(key, deque()).append(seat)
        if not leads:
            seat.woken.wait()
        if not seat.done:
            self._lead(key)

    def _lead(self, key: str) -> None:
        if key in self._crowded:
            self._gather(key)
        batch = self._batch(key)
        try:
            self._work(key, [seat.job for seat in batch])
        finally:
            self._hand_over(key, batch)

    def _gather(self, key: str) -> None:
        """Where several came together more are on their way; each round that finds none ends it."""
        for _ in range(GATHER_ROUNDS):
            before = len(self._queues[key])
            self._sleep(GATHER_SECONDS)
            if len(self._queues[key]) in (before, BATCH):
                return

    def _batch(self, key: str) -> list[Seat[T]]:
        with self._lock:
            queue = self._queues[key]
            size = min(BATCH, len(queue))
            (self._crowded.add if size > 1 else self._crowded.discard)(key)
            return [queue.popleft() for _ in range(size)]

    def _hand_over(self, key: str, batch: list[Seat[T]]) -> None:
        for seat in batch:
            seat.done = True
            seat.woken.set()
        with self._lock:
            queue = self._queues[key]
            if queue:
                queue[0].woken.set()
            else:
                del self._queues[key]
                self._crowded.discard(key)
