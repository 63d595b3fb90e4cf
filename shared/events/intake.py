"""What a consumer has not been told of yet: events behind its position become deliveries."""

from collections.abc import Collection, Sequence
from datetime import datetime, timedelta
from typing import NamedTuple

from shared.events import attempts, rules
from shared.events.models import LEASED, Delivery, Event, Filter, Lease, Position
from shared.events.positions import Positions
from shared.events.queue import Deliveries, Held, Queue
from shared.events.store import Events

SCANNED_PAGES = 20
SMALLEST_PAGE = 25
FIRST_ID = "-"  # before every id that an event has


class Wish(NamedTuple):
    """How many events a worker takes, for how long, and of which types (all, if none).

    A consumer that is new begins at `since`; at the first event there is, if None.
    """

    most: int
    lasting: timedelta
    types: Sequence[str] = ()
    since: datetime | None = None

    @property
    def beginning(self) -> Position | None:
        return Position(self.since, FIRST_ID) if self.since else None

    def includes(self, event: Event) -> bool:
        return not self.types or event.event_type in self.types


class Term(NamedTuple):
    """The leases of one call."""

    lease_id: str
    until: datetime
    now: datetime

    def taken(self, delivery: Delivery) -> Delivery:
        return attempts.taken(delivery, self.lease_id, self.until, self.now)


class Taken(NamedTuple):
    """Of a page of events: the leases won, and how many of them need no other look."""

    leases: Sequence[Lease]
    settled: int


class Intake:
    """Passes the events one by one, so that each has a delivery before the position moves on.

    An event that is still on its way when later ones are taken up is found by the next scan: a
    position stays behind the moment from which every commit has been seen.
    """

    def __init__(self, events: Events, deliveries: Deliveries, positions: Positions) -> None:
        self._events = events
        self._deliveries = deliveries
        self._positions = positions

    def take(self, queue: Queue, heard: Filter, wish: Wish, term: Term) -> Sequence[Lease]:
        """As many new events as wished; fewer when there are no more, or others take them."""
        reached = self._positions.get(queue)
        leases: list[Lease] = []
        after = safe = reached.position or wish.beginning
        for _ in range(SCANNED_PAGES):
            room = wish.most - len(leases)
            page = self._events.page(heard, max(room, SMALLEST_PAGE), after)
            taken = self._taken_up(page, queue.consumer, wish._replace(most=room), term)
            leases += taken.leases
            if safe == after and taken.settled:
                safe = rules.place(page[taken.settled - 1])
            if len(page) < max(room, SMALLEST_PAGE) or len(leases) == wish.most:
                break
            after = rules.place(page[-1])
        self._positions.move(queue, reached, safe)
        return leases

    def _taken_up(self, page: Sequence[Event], consumer: str, wish: Wish, term: Term) -> Taken:
        if not page:
            return Taken((), 0)
        known = self._deliveries.known(_name(event, consumer) for event in page)
        news = [event for event in page if _name(event, consumer) not in known]
        wanted = _wanted(news, consumer, wish, term)
        saved = self._deliveries.save_each([Held(delivery) for delivery in wanted])
        made = [(one, updated) for one, updated in zip(wanted, saved, strict=True) if updated]
        events = {event.event_id: event for event in news}
        leases = [
            Lease(events[delivery.event_id], delivery, updated)
            for delivery, updated in made
            if delivery.status == LEASED
        ]
        names = known.keys() | {delivery.name for delivery, _ in made}
        return Taken(leases, _settled(page, consumer, names, term.now))


def _wanted(news: Sequence[Event], consumer: str, wish: Wish, term: Term) -> Sequence[Delivery]:
    """What to lease; of other types, what to keep for who wants those. Nothing beyond the wish."""
    wanted, room = [], wish.most
    for event in news:
        delivery = attempts.pending(event, consumer, term.now)
        if wish.includes(event):
            if not room:
                break
            room -= 1
            delivery = term.taken(delivery)
        wanted.append(delivery)
    return wanted


def _settled(page: Sequence[Event], consumer: str, names: Collection[str], now: datetime) -> int:
    return rules.settled(page, lambda event: _name(event, consumer) in names, now)


def _name(event: Event, consumer: str) -> str:
    return f"{event.event_id}__{consumer}"
