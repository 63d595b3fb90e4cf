"""Dead letters: what failed for good, with its cause, and sending it again at a bounded rate."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from itertools import count
from typing import NamedTuple

from google.cloud import firestore
from google.cloud.firestore_v1.base_query import FieldFilter

from shared.events import attempts
from shared.events.models import DEAD, Delivery
from shared.events.queue import DELIVERIES, Deliveries, Held
from shared.kernel.clock import Clock, rfc3339
from shared.kernel.pages import Page, decode_moment, encode_cursor
from shared.platform import firestore as db

PAGE = 100
MOST = 5_000  # a call ends within its time
SKEW = timedelta(seconds=1)  # between the clocks of instances


@dataclass(frozen=True, slots=True)
class DeadFilter:
    """Which dead letters: of all tenants where none is named; died at `since` or later, and
    before `until`."""

    tenant_id: str | None
    consumer: str | None = None
    types: Sequence[str] = ()
    code: str | None = None
    since: datetime | None = None
    until: datetime | None = None


class Redriven(NamedTuple):
    """How many are sent again, when the last of them is due, and whether more are left."""

    sent: int
    last_due_at: datetime | None = None
    more: bool = False


class DeadLetters:
    """The deliveries that are dead. Their payload stays with their event."""

    def __init__(self, client: firestore.Client, deliveries: Deliveries, clock: Clock) -> None:
        self._client = client
        self._deliveries = deliveries
        self._clock = clock

    def page(self, filter_: DeadFilter, limit: int, cursor: str | None) -> Page[Delivery]:
        """Those that died first come first."""
        scope = f"dead:{filter_.tenant_id or '*'}"
        query = self._query(filter_).limit(limit + 1)
        if cursor:
            died, name = decode_moment(cursor, scope)
            reference = self._client.document(DELIVERIES + name)
            query = query.start_after({"endedAt": died, "__name__": reference})
        found = [held.delivery for held in self._deliveries.find(query)]
        more = len(found) > limit
        return Page(found[:limit], _cursor(scope, found[limit - 1]) if more else None)

    def count(self, filter_: DeadFilter) -> int:
        return db.count(self._query(filter_))

    def redrive(self, filter_: DeadFilter, rate: float | None) -> Redriven:
        """Send them again from the start: at most `rate` a second are due, all at once if None.

        What died after the call began is left for another one.
        """
        now = self._clock()
        filter_ = replace(filter_, until=min(filter_.until or now + SKEW, now + SKEW))
        sent, numbers = 0, count()
        due = now
        while sent < MOST:
            dead = self._deliveries.find(self._query(filter_).limit(PAGE))
            wanted = []
            for held in dead:
                due = now + timedelta(seconds=next(numbers) / rate if rate else 0)
                wanted.append(Held(attempts.again(held.delivery, due), held.updated))
            saved = sum(updated is not None for updated in self._deliveries.save_each(wanted))
            sent += saved
            if len(dead) < PAGE or not saved:
                return Redriven(sent, due if sent else None)
        return Redriven(sent, due, more=bool(self.count(filter_)))

    def _query(self, filter_: DeadFilter) -> firestore.Query:
        query = self._client.collection("deliveries").where(
            filter=FieldFilter("status", "==", DEAD)
        )
        for name, value in _equals(filter_):
            query = query.where(filter=FieldFilter(name, "==", value))
        if filter_.types:
            query = query.where(filter=FieldFilter("eventType", "in", list(filter_.types)))
        for comparison, moment in ((">=", filter_.since), ("<", filter_.until)):
            if moment is not None:
                query = query.where(filter=FieldFilter("endedAt", comparison, moment))
        return query.order_by("endedAt").order_by("__name__")


def _equals(filter_: DeadFilter) -> list[tuple[str, str]]:
    wanted = {
        "tenantId": filter_.tenant_id,
        "consumer": filter_.consumer,
        "lastError.code": filter_.code,
    }
    return [(name, value) for name, value in wanted.items() if value is not None]


def _cursor(scope: str, last: Delivery) -> str:
    return encode_cursor(scope, rfc3339(last.ended_at) if last.ended_at else "", last.name)
