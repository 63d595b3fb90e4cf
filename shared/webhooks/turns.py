"""Deliveries of one subject, each after the one before it."""

from shared.kernel.clock import Clock
from shared.webhooks import rules
from shared.webhooks.models import PENDING, Endpoint
from shared.webhooks.queue import Queue
from shared.webhooks.sending import Sender

PAGE = 20
ROUNDS = 50


class Turns:
    """For endpoints that are told in order."""

    def __init__(self, queue: Queue, sender: Sender, clock: Clock) -> None:
        self._queue = queue
        self._sender = sender
        self._clock = clock

    def take(self, endpoint: Endpoint, subject: str) -> None:
        """Send what waits, until there is nothing more or the first has to wait.

        Looks again once all is sent: whoever came meanwhile found the line busy and left.
        """
        for _ in range(ROUNDS):
            line = self._queue.line(endpoint.webhook_id, subject, PAGE)
            if not line:
                return
            for queued in line:
                if not rules.is_due(queued.delivery, self._clock()):
                    return
                after = self._sender.send_again(endpoint, queued)
                if after is None or after.status == PENDING:
                    return
