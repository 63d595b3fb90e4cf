"""The feed of events: lists in order, and tails that miss nothing which commits late."""

import hashlib
import threading
import time
from base64 import urlsafe_b64encode
from collections.abc import Collection, Sequence
from contextlib import suppress
from datetime import datetime
from typing import NamedTuple

from shared.events import rules
from shared.events.models import EVERYBODY, Event, Filter, Position
from shared.events.store import Events
from shared.kernel.clock import Clock, rfc3339
from shared.kernel.errors import InvalidRequest
from shared.kernel.ids import is_event_id, is_safe_id
from shared.kernel.pages import Page, decode_cursor, encode_cursor

SCANNED_PAGES = 10
LOOKS_AGAIN_SECONDS = 0.5
WAITERS = 2  # an instance has four threads a CPU, and other calls to answer
MARK = 8  # characters a mark of an event takes in a cursor
REMEMBERED = 500  # so many marks keep a cursor within an address


class Tail(NamedTuple):
    """Where a reader is: past the position, and past those behind it whose marks are remembered."""

    position: Position | None = None
    marks: Collection[str] = ()


class Read(NamedTuple):
    """What is new to a reader, all that was looked at for it, and whether that was all there is."""

    found: Sequence[Event]
    looked_at: Sequence[Event]
    ended: bool


class Feed:
    """Every event once to each reader, whatever is committed meanwhile, without delay.

    The store stamps an event before it shows: an older one may show after a newer one. So a reader
    comes back to the last seconds, and its cursor remembers what of them it has had.
    """

    def __init__(self, events: Events, clock: Clock) -> None:
        self._events = events
        self._clock = clock
        self._waiters = threading.BoundedSemaphore(WAITERS)

    def page(self, filter_: Filter, limit: int, cursor: str | None) -> Page[Event]:
        """Events that match, oldest first. A page may be short of `limit` and not the last."""
        read, following = self._next(filter_, limit, self._tail(filter_, cursor))
        return Page(read.found, None if read.ended else following)

    def tail(self, filter_: Filter, limit: int, cursor: str | None, seconds: float) -> Page[Event]:
        """The next events as soon as there are any, none after so many seconds, or at once where
        too many wait here already. There is always a cursor: to go on from.
        """
        tail = self._tail(filter_, cursor)
        read, following = self._next(filter_, limit, tail)
        if seconds and not read.found and self._waiters.acquire(blocking=False):
            try:
                read, following = self._awaited(filter_, limit, tail, seconds)
            finally:
                self._waiters.release()
        return Page(read.found, following)

    def _awaited(self, filter_: Filter, limit: int, tail: Tail, seconds: float) -> tuple[Read, str]:
        deadline = time.monotonic() + seconds
        while True:
            time.sleep(max(0, min(LOOKS_AGAIN_SECONDS, deadline - time.monotonic())))
            read, following = self._next(filter_, limit, tail)
            if read.found or time.monotonic() >= deadline:
                return read, following

    def _next(self, filter_: Filter, limit: int, tail: Tail) -> tuple[Read, str]:
        now = self._clock()
        read = self._read(filter_, limit, tail)
        return read, _cursor(_scope(filter_), advanced(tail, read.looked_at, now))

    def _read(self, filter_: Filter, limit: int, tail: Tail) -> Read:
        found: list[Event] = []
        looked_at: list[Event] = []
        after, size = tail.position, limit + len(tail.marks)
        for _ in range(SCANNED_PAGES):
            page = self._events.page(filter_, size, after)
            for event in page:
                looked_at.append(event)
                if mark(event) not in tail.marks and rules.wanted(event, filter_):
                    found.append(event)
                if len(found) == limit:
                    return Read(found, looked_at, ended=False)
            if len(page) < size:
                return Read(found, looked_at, ended=True)
            after = rules.place(page[-1])
        return Read(found, looked_at, ended=False)

    def _tail(self, filter_: Filter, cursor: str | None) -> Tail:
        """Behind what a cursor of ours says, or behind an event of the reader's own."""
        if not cursor:
            return Tail()
        if not is_event_id(cursor):
            return _read_cursor(decode_cursor(cursor, _scope(filter_)))
        event = self._events.get(cursor)
        if event is None or filter_.tenant_id not in (None, event.tenant_id):
            raise InvalidRequest("There is no such event here.", reason="foreign_cursor")
        return Tail(rules.place(event))


def advanced(tail: Tail, looked_at: Sequence[Event], now: datetime) -> Tail:
    """Past all that was looked at; what is too new to be settled is remembered by its mark.

    So is what a page, full of late ones, did not come to again.
    """
    beyond = {*tail.marks} - {mark(event) for event in looked_at}
    passed = rules.settled(looked_at, lambda _: True, now)
    passed = max(passed, len(looked_at) + len(beyond) - REMEMBERED)
    position = rules.place(looked_at[passed - 1]) if passed else tail.position
    return Tail(position, (*beyond, *map(mark, looked_at[passed:])))


def mark(event: Event) -> str:
    """48 bits of an event's id: two of some hundreds are alike once in ten thousand million."""
    digest = hashlib.sha256(event.event_id.encode()).digest()
    return urlsafe_b64encode(digest[:6]).decode()


def _scope(filter_: Filter) -> str:
    return f"events:{filter_.tenant_id or EVERYBODY}"


def _cursor(scope: str, tail: Tail) -> str:
    place = (rfc3339(tail.position.recorded_at), tail.position.event_id) if tail.position else ()
    return encode_cursor(scope, "".join(tail.marks), *place)


def _read_cursor(parts: Sequence[str]) -> Tail:
    """What `_cursor` wrote, and nothing else: a cursor is the caller's to change."""
    with suppress(ValueError, OverflowError):
        marks, *place = parts
        if len(place) in (0, 2) and len(marks) <= MARK * REMEMBERED and len(marks) % MARK == 0:
            remembered = {marks[at : at + MARK] for at in range(0, len(marks), MARK)}
            return Tail(_position(*place) if place else None, remembered)
    raise InvalidRequest("The cursor is not valid.", reason="broken_cursor")


def _position(text: str, event_id: str) -> Position:
    """Raises ValueError or OverflowError for what is no place in the order of events."""
    moment = datetime.fromisoformat(text)
    if rfc3339(moment) != text or not is_safe_id(event_id):
        raise ValueError(text)
    return Position(moment, event_id)
