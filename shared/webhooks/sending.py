"""One attempt: claimed, signed, sent, and put on record with what it came to."""

import random
import time
from collections.abc import Callable
from datetime import datetime

from shared.events.models import Event
from shared.events.service import EventBus
from shared.kernel.clock import Clock
from shared.kernel.errors import NotFound
from shared.kernel.ids import new_id
from shared.webhooks import rules
from shared.webhooks.documents import body_of
from shared.webhooks.health import Health
from shared.webhooks.models import Attempt, Delivery, Endpoint, Outcome, Poster, Signer
from shared.webhooks.queue import Queue, Queued


def any_spread() -> float:
    return random.uniform(-1, 1)  # noqa: S311 - no secret


class Sender:
    """Two workers never make the same attempt; one that dies leaves it to be made again."""

    def __init__(
        self,
        queue: Queue,
        health: Health,
        event_bus: EventBus,
        poster: Poster,
        signer: Signer,
        clock: Clock,
        spread: Callable[[], float] = any_spread,
    ) -> None:
        self._queue = queue
        self._health = health
        self._event_bus = event_bus
        self._poster = poster
        self._signer = signer
        self._clock = clock
        self._spread = spread

    def claim(self, queued: Queued) -> Queued | None:
        """The right to the next attempt; None where somebody else has it."""
        return self._queue.save(queued, rules.claimed(queued.delivery, self._clock()))

    def send_again(self, endpoint: Endpoint, queued: Queued) -> Delivery | None:
        """The next attempt at what waits; the delivery after it, None if another has it."""
        claimed = self.claim(queued)
        if claimed is None:
            return None
        try:
            event = self._event_bus.get(claimed.delivery.event_id)
        except NotFound:
            return self._save(claimed, rules.buried(claimed.delivery, "event_gone"))
        return self.send(endpoint, claimed, event)

    def send(self, endpoint: Endpoint, claimed: Queued, event: Event) -> Delivery:
        """Make the attempt that was claimed."""
        delivery, at = claimed.delivery, self._clock()
        outcome, took = self._posted(endpoint, event, at)
        after = rules.concluded(delivery, outcome, self._clock(), self._spread())
        attempt = _attempt(endpoint, event, at, took, outcome, after)
        if outcome.status_code == 410:  # first: what is held of an endpoint that is not disabled
            self._health.gone(endpoint)  # would be forgotten
        self._queue.save(claimed, after, attempt)
        self._health.note(endpoint, outcome, delivery.attempts)
        return after

    def test(self, endpoint: Endpoint, event: Event) -> Attempt:
        """One attempt at what is in no queue."""
        at = self._clock()
        outcome, took = self._posted(endpoint, event, at)
        attempt = _attempt(endpoint, event, at, took, outcome)
        self._queue.note(attempt)
        return attempt

    def _save(self, queued: Queued, after: Delivery) -> Delivery:
        self._queue.save(queued, after)
        return after

    def _posted(self, endpoint: Endpoint, event: Event, at: datetime) -> tuple[Outcome, int]:
        """What came of it, and in how many milliseconds."""
        body, began = body_of(event), time.monotonic()
        secrets = [secret.text for secret in rules.current(endpoint.secrets, at)]
        if not secrets:
            return Outcome("no_secret"), 0
        signed = self._signer.headers(event.event_id, at, body.decode(), secrets)
        headers = {"Content-Type": "application/json", "User-Agent": "Hyphae-Webhooks", **signed}
        outcome = self._poster.post(endpoint.url, body, headers)
        return outcome, round((time.monotonic() - began) * 1000)


def _attempt(
    endpoint: Endpoint,
    event: Event,
    at: datetime,
    took_ms: int,
    outcome: Outcome,
    after: Delivery | None = None,
) -> Attempt:
    return Attempt(
        attempt_id=new_id(),
        webhook_id=endpoint.webhook_id,
        tenant_id=endpoint.tenant_id,
        event_id=event.event_id,
        event_type=event.event_type,
        number=after.attempts if after else 1,
        at=at,
        took_ms=took_ms,
        outcome=outcome,
        next_attempt_at=after.next_attempt_at if after else None,
    )
