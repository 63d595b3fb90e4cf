"""Use cases of consumers: lease what is to be done, and say what has become of it."""

from collections.abc import Sequence
from datetime import timedelta

from shared.events import attempts, rules
from shared.events.intake import Intake, Term, Wish
from shared.events.models import LEASED, Cause, Delivery, Filter, Lease
from shared.events.queue import Deliveries, Held, Queue, State
from shared.events.store import Events
from shared.kernel.clock import Clock
from shared.kernel.ids import new_id
from shared.platform.firestore import pause

ROUNDS = 4


class Consumers:
    """Two workers of a consumer never hold the same event: each delivery is won by condition."""

    def __init__(
        self, events: Events, deliveries: Deliveries, intake: Intake, clock: Clock
    ) -> None:
        self._events = events
        self._deliveries = deliveries
        self._intake = intake
        self._clock = clock

    def lease(self, queue: Queue, heard: Filter, wish: Wish) -> Sequence[Lease]:
        """What is due again, then what is new, oldest first; fewer than wished when others compete.

        `heard` says which events the consumer is told of at all.
        """
        now = self._clock()
        term = Term(new_id(), now + wish.lasting, now)
        won = self._due_again(queue, wish, term)
        leases = self._with_events(won)
        if len(won) == wish.most:
            return leases
        room = wish._replace(most=wish.most - len(won))
        return [*leases, *self._intake.take(queue, heard, room, term)]

    def acknowledge(self, event_id: str, consumer: str, lease_id: str | None = None) -> State:
        """Done; the same again changes nothing. Raises Conflict for a lease that is not held."""
        now = self._clock()

        def decide(state: State) -> State:
            delivery = attempts.done(_opened(state, consumer), lease_id, now)
            return State(rules.done(state.event, consumer), delivery)

        return self._deliveries.change(event_id, consumer, decide)

    def refuse(
        self,
        event_id: str,
        consumer: str,
        cause: Cause,
        delay: timedelta | None = None,
        lease_id: str | None = None,
    ) -> State:
        """Failed: due again later, or dead. Raises Conflict for what is over or not held."""
        now = self._clock()

        def decide(state: State) -> State:
            delivery = _opened(state, consumer)
            return State(state.event, attempts.failed(delivery, cause, delay, lease_id, now))

        return self._deliveries.change(event_id, consumer, decide)

    def _due_again(self, queue: Queue, wish: Wish, term: Term) -> list[Held]:
        won: list[Held] = []
        for attempt in range(ROUNDS):
            room = wish.most - len(won)
            due = self._deliveries.due(queue, wish.types, term.now, room)
            won += self._won([Held(term.taken(one.delivery), one.updated) for one in due])
            if len(due) < room or len(won) == wish.most:
                break
            pause(attempt)
        return won

    def _won(self, wanted: Sequence[Held]) -> list[Held]:
        outcomes = zip(wanted, self._deliveries.save_each(wanted), strict=True)
        won = [Held(held.delivery, updated) for held, updated in outcomes if updated]
        return [held for held in won if held.delivery.status == LEASED]

    def _with_events(self, won: Sequence[Held]) -> list[Lease]:
        if not won:
            return []
        found = self._events.get_all(held.delivery.event_id for held in won)
        return [
            Lease(found[delivery.event_id], delivery, updated)
            for delivery, updated in won
            if delivery.event_id in found
        ]


def _opened(state: State, consumer: str) -> Delivery:
    """The delivery; for a consumer that took the event from a list, a new one."""
    return state.delivery or attempts.pending(state.event, consumer, state.event.recorded_at)
