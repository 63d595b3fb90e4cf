"""From an event to its endpoints: a delivery for each, and the first attempt at once."""

from collections.abc import Callable
from functools import partial

from shared.events.models import Event
from shared.kernel.clock import Clock
from shared.webhooks import rules
from shared.webhooks.missed import Missed
from shared.webhooks.models import HELD, Endpoint
from shared.webhooks.queue import Queue, Queued
from shared.webhooks.room import Room
from shared.webhooks.sending import Sender
from shared.webhooks.store import Endpoints
from shared.webhooks.together import Job, do_all
from shared.webhooks.turns import Turns


class FanOut:
    """A delivery is created claimed: its creator, and nobody else, makes the first attempt."""

    def __init__(
        self,
        endpoints: Endpoints,
        queue: Queue,
        sender: Sender,
        turns: Turns,
        missed: Missed,
        wake: Callable[[str], None],
        clock: Clock,
    ) -> None:
        self._endpoints = endpoints
        self._queue = queue
        self._sender = sender
        self._turns = turns
        self._missed = missed
        self._clock = clock
        self._room = Room(wake)

    def tell(self, event: Event, recorded: int) -> None:
        """Once for each endpoint, however often it comes.

        `recorded` is when it was stored, in nanoseconds of the store's clock: every endpoint that
        there was by then is told.
        """
        if event.tenant_id is None:
            return
        found = self._endpoints.at(event.tenant_id, recorded)
        concerned = {e.webhook_id: e for e in found if rules.wants(e, event.event_type)}
        if concerned:
            with self._room.places(concerned) as places:
                self._tell(event, concerned, places)

    def _tell(self, event: Event, concerned: dict[str, Endpoint], places: frozenset[str]) -> None:
        now = self._clock()
        planned = [rules.planned(e, event, now, name in places) for name, e in concerned.items()]
        made = self._queue.add(planned, now)
        for name in [q.delivery.webhook_id for q in made if q.delivery.status == HELD]:
            self._missed.look_again(name)
        jobs = [self._job(concerned[q.delivery.webhook_id], q, event) for q in made]
        do_all([job for job in jobs if job], rules.MOST_ENDPOINTS)

    def _job(self, endpoint: Endpoint, queued: Queued, event: Event) -> Job | None:
        if queued.delivery.attempts:
            return partial(self._sender.send, endpoint, queued, event)
        waits = endpoint.disabled or endpoint.open_until
        if event.subject is not None and endpoint.ordered and not waits:
            return partial(self._turns.take, endpoint, event.subject)
        return None
