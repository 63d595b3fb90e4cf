"""What is due again: found endpoint by endpoint, so that no queue stands before another's."""

from collections.abc import Callable
from contextlib import suppress
from functools import partial

from shared.kernel.clock import Clock
from shared.kernel.errors import NotFound
from shared.webhooks import rules
from shared.webhooks.missed import Missed
from shared.webhooks.models import DELIVERED, Delivery, Endpoint
from shared.webhooks.queue import Queue, Queued
from shared.webhooks.sending import Sender
from shared.webhooks.store import Endpoints
from shared.webhooks.together import do_all
from shared.webhooks.turns import Turns
from shared.webhooks.waking import Publish, wake

MOST_ENDPOINTS = 10_000
PAGE = 40
AT_ONCE = 8
LINES = 200
ROUNDS = 100


class Retries:
    """The schedule names the endpoints that something is due to; each is seen to on its own."""

    def __init__(
        self,
        endpoints: Endpoints,
        queue: Queue,
        sender: Sender,
        turns: Turns,
        missed: Missed,
        publish: Publish,
        clock: Clock,
    ) -> None:
        self._endpoints = endpoints
        self._queue = queue
        self._sender = sender
        self._turns = turns
        self._missed = missed
        self._publish = publish
        self._clock = clock

    def publish_due(self) -> int:
        """One message for each endpoint that something is due to; how many."""
        after, published = "", 0
        for _ in range(MOST_ENDPOINTS):
            first = self._queue.next_waiting(after)
            if first is None:
                break
            after = first.webhook_id
            if rules.is_due(first, self._clock()):
                self._publish(after.encode())
                published += 1
        return published

    def see_to(self, webhook_id: str) -> None:
        """A page of what is due to an endpoint; a full one is followed by another."""
        try:
            endpoint = self._endpoints.get(webhook_id)
        except NotFound:
            self._clear(webhook_id, partial(rules.buried, cause="endpoint_deleted"))
            return
        if endpoint.disabled:
            self._clear(webhook_id, partial(rules.held, cause=endpoint.disabled))
            self._missed.look_again(webhook_id)
        elif endpoint.open_until:
            self._probe(endpoint)
        elif self._page(endpoint):
            wake(self._publish, webhook_id)

    def _probe(self, endpoint: Endpoint) -> None:
        """Through a breaker goes one request, by whoever takes it; its success is heard at once."""
        now = self._clock()

        def taken(found: Endpoint) -> Endpoint | None:
            ended = found.open_until and found.open_until <= now
            return rules.probing(found, now) if ended else None

        with suppress(NotFound):
            probing = self._endpoints.change(endpoint.webhook_id, taken)
            if probing and self._first(probing):
                wake(self._publish, endpoint.webhook_id)

    def _first(self, endpoint: Endpoint) -> bool:
        due = self._due(endpoint, 1)
        after = self._sender.send_again(endpoint, due[0]) if due else None
        return after is not None and after.status == DELIVERED

    def _page(self, endpoint: Endpoint) -> bool:
        """Whether there may be more."""
        if endpoint.ordered:
            return self._lines(endpoint)
        due = self._due(endpoint, PAGE)
        do_all([partial(self._sender.send_again, endpoint, queued) for queued in due], AT_ONCE)
        return len(due) == PAGE

    def _lines(self, endpoint: Endpoint) -> bool:
        """Each subject in turn; what has no subject is in nobody's way."""
        waiting = self._queue.line(endpoint.webhook_id, None, LINES)
        due = [queued for queued in waiting if rules.is_due(queued.delivery, self._clock())]
        subjects = {queued.delivery.subject for queued in due} - {None}
        jobs = [partial(self._turns.take, endpoint, subject) for subject in subjects if subject]
        alone = [queued for queued in due if queued.delivery.subject is None]
        single = [partial(self._sender.send_again, endpoint, queued) for queued in alone]
        do_all([*jobs, *single], AT_ONCE)
        return False

    def _due(self, endpoint: Endpoint, most: int) -> list[Queued]:
        """Of an ordered endpoint only what is first in its line."""
        if not endpoint.ordered:
            return self._queue.due(endpoint.webhook_id, self._clock(), most)
        first: dict[str, Queued] = {}
        for queued in self._queue.line(endpoint.webhook_id, None, LINES):
            delivery = queued.delivery
            first.setdefault(delivery.subject or delivery.delivery_id, queued)
        return [q for q in first.values() if rules.is_due(q.delivery, self._clock())][:most]

    def _clear(self, webhook_id: str, end: Callable[[Delivery], Delivery]) -> None:
        for _ in range(ROUNDS):
            page = self._queue.due(webhook_id, self._clock(), LINES)
            self._queue.save_all([(queued, end(queued.delivery)) for queued in page])
            if len(page) < LINES:
                return
