"""The hub's own consumers: handlers of events, each of which has one effect for each event."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Generic, NamedTuple, TypeVar

from shared.events import attempts
from shared.events.consuming import Consumers
from shared.events.intake import Term, Wish
from shared.events.models import (
    PERMANENT,
    POISON,
    RETRYABLE,
    Cause,
    Delivery,
    Event,
    Filter,
    Lease,
)
from shared.events.queue import Deliveries, Effect, Held, Queue
from shared.kernel.clock import Clock
from shared.kernel.errors import Problem
from shared.kernel.ids import new_id
from shared.platform.logs import log, where

P = TypeVar("P")
# Longer than a function may run: nobody works on a lease that has ended.
LASTING = timedelta(minutes=3)
PAGE = 20
# What a new handler still hears of: nobody wants the effects of years at once.
BEFORE_IT_WAS_DEPLOYED = timedelta(hours=1)


class Happening(NamedTuple):
    """An event as a handler gets it; `replay_id` where it is sent again on purpose."""

    event: Event
    replay_id: str | None = None


@dataclass(frozen=True, slots=True)
class Handler(Generic[P]):
    """A consumer of the hub's own.

    `handle` returns the documents that are its effect: they are set in the one commit that notes
    the event as done, so there is one effect however often the event comes. What it does outside
    of Firestore may happen again after a crash, and has to be known by the event's id there.
    A DependencyUnavailable (any problem of 500 and above) is tried again with back-off, another
    problem is dead at once, and anything unforeseen is poison and dead as well.

    `types` are those it hears (all, if none); `latest` is the highest schema version it reads (any,
    if None); `replays` says whether events that are sent again on purpose have their effect again.
    """

    consumer: str
    handle: Callable[[Happening, P], Sequence[Effect]]
    types: Sequence[str] = ()
    latest: int | None = 1
    replays: bool = False

    def hears(self, event: Event) -> bool:
        return not self.types or event.event_type in self.types


class Dispatcher(Generic[P]):
    """Runs handlers, one at a time for each event, until each event is done or dead."""

    def __init__(
        self, consumers: Consumers, deliveries: Deliveries, parts: P, clock: Clock
    ) -> None:
        self._consumers = consumers
        self._deliveries = deliveries
        self._parts = parts
        self._clock = clock

    def tell(self, handler: Handler[P], event: Event) -> None:
        """Handle an event that was just recorded; one that somebody has, or had, is left alone."""
        now = self._clock()
        term = Term(new_id(), now + LASTING, now)
        taken = term.taken(attempts.pending(event, handler.consumer, now))
        (updated,) = self._deliveries.save_each([Held(taken)])
        if updated:
            self._run(handler, Lease(event, taken, updated))

    def catch_up(self, handler: Handler[P]) -> int:
        """Handle what is due again, and what nobody told of; how many events that were."""
        queue, heard = Queue(None, handler.consumer), Filter(None, types=handler.types)
        wish = Wish(PAGE, LASTING, since=self._clock() - BEFORE_IT_WAS_DEPLOYED)
        leases = self._consumers.lease(queue, heard, wish)
        for lease in leases:
            self._run(handler, lease)
        return len(leases)

    def _run(self, handler: Handler[P], lease: Lease) -> None:
        # Whose lease has ended meanwhile leaves it to the next one: no effect was kept.
        try:
            effects = self._effects(handler, lease)
            after = attempts.done(lease.delivery, None, self._clock())
            self._deliveries.save(Held(after, lease.updated), effects)
        except Exception as failure:  # effects that no store takes are poison as well
            after = self._failed(handler, lease.delivery, failure)
            self._deliveries.save(Held(after, lease.updated))

    def _effects(self, handler: Handler[P], lease: Lease) -> Sequence[Effect]:
        replay_id = lease.delivery.replay_id
        if replay_id and not handler.replays:
            return ()
        if handler.latest and lease.event.schema_version > handler.latest:
            raise UnknownVersion(lease.event.schema_version)
        return handler.handle(Happening(lease.event, replay_id), self._parts)

    def _failed(self, handler: Handler[P], delivery: Delivery, failure: Exception) -> Delivery:
        cause = cause_of(failure)
        after = attempts.failed(delivery, cause, None, None, self._clock())
        log(
            "WARNING" if after.next_attempt_at else "ERROR",
            "event failed",
            consumer=handler.consumer,
            eventId=delivery.event_id,
            tenantId=delivery.tenant_id,
            status=after.status,
            cause=cause.code,
            outcome=cause.outcome,
            exc=where(failure),
        )
        return after


class UnknownVersion(Exception):
    """An event of a schema that the handler does not know yet."""


def cause_of(failure: Exception) -> Cause:
    """Why a handler failed, and whether another try may help."""
    if isinstance(failure, UnknownVersion):
        return Cause("unknown_schema_version", POISON, f"schemaVersion {failure}")
    if isinstance(failure, Problem):
        outcome = RETRYABLE if failure.status >= 500 else PERMANENT
        return Cause(failure.code, outcome, failure.reason or failure.detail)
    return Cause(type(failure).__name__, POISON, " < ".join(reversed(where(failure))))
