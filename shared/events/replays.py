"""Replays: one consumer is told again of what was recorded within a time."""

from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta
from functools import partial
from typing import NamedTuple

from shared.events import attempts, rules
from shared.events.models import Event, Filter
from shared.events.queue import Deliveries, State
from shared.events.store import Events
from shared.kernel.clock import Clock
from shared.kernel.errors import FieldError, ValidationFailed
from shared.kernel.ids import new_id

PAGE = 100
MOST = 5_000  # a call ends within its time
THREADS = 16


class Replay(NamedTuple):
    """What the events carry, and how many they are."""

    replay_id: str
    sent: int


class Replays:
    """Events become due again at one consumer; nobody else notices."""

    def __init__(self, events: Events, deliveries: Deliveries, clock: Clock) -> None:
        self._events = events
        self._deliveries = deliveries
        self._clock = clock

    def replay(self, consumer: str, heard: Filter) -> Replay:
        """Of the events that the consumer hears; raises ValidationFailed where they are too many.

        A call that was cut off may be made again: each event is due once, whatever it was.
        """
        wanted = self._events.count(heard)
        if wanted > MOST:
            raise ValidationFailed([FieldError("/to", "too_many_events")])
        replay_id, sent, after = new_id(), 0, None
        # Due in the order in which they were recorded, and all of them now.
        first = self._clock() - timedelta(microseconds=MOST)
        with ThreadPoolExecutor(THREADS) as threads:
            while sent < MOST and (page := self._events.page(heard, PAGE, after)):
                due = (first + timedelta(microseconds=sent + n) for n in range(len(page)))
                list(threads.map(partial(self._again, consumer, replay_id), page, due))
                sent, after = sent + len(page), rules.place(page[-1])
        return Replay(replay_id, sent)

    def _again(self, consumer: str, replay_id: str, event: Event, due: datetime) -> None:
        def decide(state: State) -> State:
            delivery = state.delivery or attempts.pending(state.event, consumer, due)
            undone = rules.undone(state.event, consumer, replay_id)
            return State(undone, attempts.again(delivery, due, replay_id))

        self._deliveries.change(event.event_id, consumer, decide)
