"""Numbers to watch: what each consumer still has to do, since when, and what it failed at."""

from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import datetime
from typing import NamedTuple

from google.cloud import firestore
from google.cloud.firestore_v1.base_query import FieldFilter

from shared.events import attempts, rules
from shared.events.models import DEAD, FAILED, LEASED, Filter
from shared.events.positions import Positions
from shared.events.queue import Deliveries, Queue
from shared.events.store import Events
from shared.platform import firestore as db

PAGE, SCANNED_PAGES = 100, 10


class Standing(NamedTuple):
    """One consumer: `unprocessed` is neither done nor dead, of which some are leased or failed.

    `oldest_at` is when the oldest unprocessed event was recorded, and None where there is none.
    """

    queue: Queue
    unprocessed: int
    leased: int
    failed: int
    dead: int
    oldest_at: datetime | None


class Monitor:
    """Counts by aggregation: a read for each thousand, and no counter that could be wrong."""

    def __init__(self, events: Events, deliveries: Deliveries, positions: Positions) -> None:
        self._events = events
        self._deliveries = deliveries
        self._positions = positions

    def known(self, tenant_id: str | None) -> Sequence[str]:
        """The consumers that have ever leased: at most a hundred."""
        return self._positions.consumers(tenant_id)

    def standing(self, queue: Queue, heard: Filter) -> Standing:
        """`heard` says which events the consumer is told of at all."""
        reached = self._positions.get(queue).position
        behind = replace(heard, since=reached.recorded_at) if reached else heard
        new = self._events.count(behind) - self._taken_up(queue, behind.since)
        taken = self._open(queue, attempts.OPEN)
        return Standing(
            queue,
            unprocessed=max(new, 0) + taken,
            leased=self._open(queue, [LEASED]),
            failed=self._open(queue, [FAILED]),
            dead=self._open(queue, [DEAD]),
            oldest_at=self._oldest(queue, behind, bool(taken), new > 0),
        )

    def _taken_up(self, queue: Queue, since: datetime | None) -> int:
        query = self._deliveries.of(queue)
        if since is None:
            return db.count(query)
        return db.count(query.where(filter=FieldFilter("recordedAt", ">=", since)))

    def _open(self, queue: Queue, statuses: Sequence[str]) -> int:
        return db.count(self._of_status(queue, statuses))

    def _of_status(self, queue: Queue, statuses: Sequence[str]) -> firestore.Query:
        among = FieldFilter("status", "in", list(statuses))
        return self._deliveries.of(queue).where(filter=among)

    def _oldest(self, queue: Queue, behind: Filter, taken: bool, new: bool) -> datetime | None:
        found = [
            self._oldest_taken(queue) if taken else None,
            self._oldest_new(queue, behind) if new else None,
        ]
        return min((moment for moment in found if moment), default=None)

    def _oldest_taken(self, queue: Queue) -> datetime | None:
        query = self._of_status(queue, attempts.OPEN).order_by("recordedAt").limit(1)
        return _first(held.delivery.recorded_at for held in self._deliveries.find(query))

    def _oldest_new(self, queue: Queue, behind: Filter) -> datetime | None:
        """Of the first thousand behind the position; the last of them where all are taken up."""
        after = None
        for _ in range(SCANNED_PAGES):
            page = self._events.page(behind, PAGE, after)
            if not page:
                return None
            names = {f"{event.event_id}__{queue.consumer}": event for event in page}
            known = self._deliveries.known(names)
            if new := [event for name, event in names.items() if name not in known]:
                return new[0].recorded_at
            after = rules.place(page[-1])
        return after.recorded_at if after else None


def _first(moments: Iterable[datetime]) -> datetime | None:
    return next(iter(moments), None)
