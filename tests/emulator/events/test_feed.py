"""Tails of the feed: every event once, whatever commits late, and at once."""

import random
import threading
import time
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta

import pytest

from shared.events.models import Filter
from shared.kernel.errors import InvalidRequest
from shared.wiring import Wiring
from tests.builders import event, unique
from tests.emulator.conftest import SetClock
from tests.emulator.events.conftest import Emit, store

SLOWEST_COMMIT = 6.0


class Reader:
    """Somebody who follows the feed, with nothing but the cursor."""

    def __init__(self, wiring: Wiring, filter_: Filter, limit: int = 7) -> None:
        self._wiring, self._filter, self._limit = wiring, filter_, limit
        self._cursor: str | None = None
        self.had: list[str] = []

    def read(self, seconds: float = 0) -> list[str]:
        page = self._wiring.feed.tail(self._filter, self._limit, self._cursor, seconds)
        self._cursor = page.next_cursor
        found = [e.event_id for e in page.items]
        self.had += found
        return found


def test_a_tail_gives_what_is_new_and_nothing_twice(
    wiring: Wiring, emit: Emit, tenant: str
) -> None:
    reader = Reader(wiring, Filter(tenant))
    assert reader.read() == []
    for _ in range(3):
        new = [emit().event_id for _ in range(3)]
        assert reader.read() == new
        assert reader.read() == []


def test_an_event_whose_commit_came_late_is_read_after_newer_ones(
    wiring: Wiring, recorded: Emit, tenant: str, clock: SetClock
) -> None:
    reader, now = Reader(wiring, Filter(tenant)), datetime.now(UTC)
    first = recorded(recorded_at=now).event_id
    assert reader.read() == [first]
    late = recorded(recorded_at=now - timedelta(seconds=SLOWEST_COMMIT)).event_id
    assert reader.read() == [late]
    clock.moment = now + timedelta(minutes=1)
    assert reader.read() == reader.read() == []
    assert reader.read() == []
    assert emit_after(recorded, now) in reader.read()


def emit_after(recorded: Emit, now: datetime) -> str:
    return recorded(recorded_at=now + timedelta(seconds=30)).event_id


def test_a_tail_misses_nothing_while_many_emit_and_commits_are_slow(
    wiring: Wiring, tenant: str
) -> None:
    """Each event is stamped up to six seconds before it shows, by one of sixteen emitters."""
    clock = SetClock()
    hub = Wiring(wiring.settings, clock)
    seeds, over, lock = random.Random(7), threading.Event(), threading.Lock()
    start = datetime.now(UTC)

    def emit_one(number: int) -> str:
        with lock:
            lateness = seeds.choice([0, 0, 0, seeds.uniform(0, SLOWEST_COMMIT)])
            moment = start + timedelta(seconds=number / 20)
            clock.moment = max(clock.moment or start, moment)
        made = event(tenant_id=tenant, recorded_at=moment - timedelta(seconds=lateness))
        time.sleep(seeds.uniform(0, 0.004))
        store(hub, made)
        return made.event_id

    reader = Reader(hub, Filter(tenant))

    def follow() -> None:
        while not over.is_set():
            reader.read()

    follower = threading.Thread(target=follow)
    follower.start()
    with ThreadPoolExecutor(16) as threads:
        emitted = set(threads.map(emit_one, range(600)))
    over.set()
    follower.join(30)
    while reader.read():
        pass
    assert set(reader.had) == emitted
    assert set(Counter(reader.had).values()) == {1}


def test_a_reader_who_waits_hears_at_once(wiring: Wiring, tenant: str) -> None:
    reader = Reader(wiring, Filter(tenant))
    new = event(tenant_id=tenant)
    threading.Timer(0.3, wiring.event_bus.emit, [new]).start()
    began = time.monotonic()
    assert reader.read(seconds=10) == [new.event_id]
    assert time.monotonic() - began < 3


def test_who_waits_for_nothing_waits_no_longer_than_said(wiring: Wiring, tenant: str) -> None:
    began = time.monotonic()
    assert Reader(wiring, Filter(tenant)).read(seconds=1) == []
    assert 1 <= time.monotonic() - began < 3


def test_few_wait_at_a_time_and_the_others_are_answered_at_once(
    wiring: Wiring, tenant: str
) -> None:
    def waited(_: int) -> float:
        began = time.monotonic()
        Reader(wiring, Filter(tenant)).read(seconds=1.5)
        return time.monotonic() - began

    Reader(wiring, Filter(tenant)).read()
    with ThreadPoolExecutor(6) as threads:
        took = sorted(threads.map(waited, range(6)))
    assert [seconds >= 1.5 for seconds in took] == [False] * 4 + [True] * 2


def test_a_page_after_an_event_begins_behind_it(
    wiring: Wiring, recorded: Emit, tenant: str
) -> None:
    start = datetime.now(UTC) - timedelta(minutes=1)
    ids = [
        recorded(
            event_id=f"00000000-0000-0000-0000-{n:08}{unique('')[-4:]}",
            recorded_at=start + timedelta(seconds=n),
        ).event_id
        for n in range(3)
    ]
    page = wiring.feed.page(Filter(tenant), 10, ids[0])
    assert [e.event_id for e in page.items] == ids[1:]
    with pytest.raises(InvalidRequest):
        wiring.feed.page(Filter(unique("tenant")), 10, ids[0])


def test_a_cursor_remembers_a_bounded_number(wiring: Wiring, recorded: Emit, tenant: str) -> None:
    now = datetime.now(UTC)
    with ThreadPoolExecutor(16) as threads:
        put = list(threads.map(lambda _: recorded(recorded_at=now).event_id, range(520)))
    cursor: str | None = None
    had: list[str] = []
    for _ in range(7):
        page = wiring.feed.tail(Filter(tenant), 100, cursor, 0)
        cursor = page.next_cursor
        had += [e.event_id for e in page.items]
        assert len(cursor or "") < 6000
    assert sorted(had) == sorted(put)
