"""What its attempts say of an endpoint: left alone for a while, or for good."""

from contextlib import suppress
from functools import partial

from shared.events.service import EventBus
from shared.kernel.clock import Clock
from shared.kernel.errors import NotFound
from shared.platform.logs import log
from shared.webhooks import rules
from shared.webhooks.models import Endpoint, Outcome
from shared.webhooks.record import Record
from shared.webhooks.store import Endpoints

# By then an endpoint has failed for hours; before, it is too early to ask about days.
LATE_ATTEMPT = 6


class Health:
    """Judged by the attempts on record whenever one fails: nobody has to count successes."""

    def __init__(
        self, endpoints: Endpoints, record: Record, event_bus: EventBus, clock: Clock
    ) -> None:
        self._endpoints = endpoints
        self._record = record
        self._event_bus = event_bus
        self._clock = clock

    def gone(self, endpoint: Endpoint) -> None:
        """It has said so, and wants nothing any more."""
        with suppress(NotFound):
            self._disable(endpoint, rules.GONE)

    def note(self, endpoint: Endpoint, outcome: Outcome, attempts: int) -> None:
        """What follows from an attempt, the given number of its delivery, once it is on record."""
        with suppress(NotFound):
            if outcome.taken:
                self._taken(endpoint)
            elif outcome.status_code != 410:
                self._failed(endpoint, attempts)

    def _taken(self, endpoint: Endpoint) -> None:
        if endpoint.open_until:
            self._endpoints.change(endpoint.webhook_id, rules.closed)

    def _failed(self, endpoint: Endpoint, attempts: int) -> None:
        if attempts >= LATE_ATTEMPT and self._hopeless(endpoint):
            self._disable(endpoint, rules.FAILING)
        elif endpoint.open_until or self._trips(endpoint):
            self._endpoints.change(endpoint.webhook_id, partial(self._opened, endpoint))

    def _hopeless(self, endpoint: Endpoint) -> bool:
        since = self._record.failing_since(endpoint.webhook_id)
        return rules.is_hopeless(since, self._clock())

    def _trips(self, endpoint: Endpoint) -> bool:
        newest = self._record.newest(endpoint.webhook_id, rules.SAMPLE)
        return rules.trips(newest, self._clock())

    def _opened(self, known: Endpoint, found: Endpoint) -> Endpoint | None:
        """Only by whoever knows how it stands: of many that fail together, one trips it."""
        same = found.open_until == known.open_until
        return rules.opened(found, self._clock()) if same else None

    def _disable(self, endpoint: Endpoint, cause: str) -> None:
        now = self._clock()

        def disabled(found: Endpoint) -> Endpoint | None:
            return None if found.disabled else rules.disabled(found, cause, now)

        if self._endpoints.change(endpoint.webhook_id, disabled) is None:
            return
        log("WARNING", "webhook disabled", webhookId=endpoint.webhook_id, cause=cause)
        self._event_bus.announce(
            "webhook_disabled",
            f"{endpoint.webhook_id}:{now.isoformat()}",
            endpoint.tenant_id,
            endpoint.webhook_id,
            {"webhookId": endpoint.webhook_id, "cause": cause},
        )
