"""What an endpoint has missed: put back, from the beginning of its schedule."""

from collections.abc import Callable
from contextlib import suppress
from datetime import UTC, datetime

from shared.kernel.clock import Clock
from shared.kernel.errors import NotFound
from shared.webhooks import rules
from shared.webhooks.models import HELD
from shared.webhooks.queue import BATCH, Queue
from shared.webhooks.store import Endpoints

ROUNDS = 100
LONG_AGO = datetime(2000, 1, 1, tzinfo=UTC)


class Missed:
    """What is held waits for nobody until it is put back: here, once its endpoint is enabled."""

    def __init__(
        self, endpoints: Endpoints, queue: Queue, wake: Callable[[str], None], clock: Clock
    ) -> None:
        self._endpoints = endpoints
        self._queue = queue
        self._wake = wake
        self._clock = clock

    def put_back(self, webhook_id: str, since: datetime, *statuses: str) -> int:
        """What was recorded since then and is held, or dead; how many."""
        count = sum(self._put_back_all(webhook_id, status, since) for status in statuses)
        if count:
            self._wake(webhook_id)
        return count

    def look_again(self, webhook_id: str) -> None:
        """After holding something: whoever enabled the endpoint meanwhile did not find it."""
        with suppress(NotFound):
            if not self._endpoints.get(webhook_id).disabled:
                self.put_back(webhook_id, LONG_AGO, HELD)

    def _put_back_all(self, webhook_id: str, status: str, since: datetime) -> int:
        count, now = 0, self._clock()
        for _ in range(ROUNDS):
            page = self._queue.missed(webhook_id, status, since, BATCH)
            count += self._queue.save_all([(q, rules.put_back(q.delivery, now)) for q in page])
            if len(page) < BATCH:
                break
        return count
