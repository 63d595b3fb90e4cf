"""Appends on a real store: dense, once, never over another, whoever comes at once."""

from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest

from shared.kernel.errors import Conflict
from shared.kernel.settings import Settings
from shared.platform.firestore import OutcomeUnknown
from shared.streams.models import Appended, Stream
from shared.streams.rules import WrongVersion
from shared.streams.store import Streams
from shared.wiring import Wiring
from tests.emulator.streams.conftest import Counted, Write, appending

WRITERS = 8
EACH = 6


def told(wiring: Wiring, stream: Stream) -> list[Any]:
    """The data of all events; fails where a version is missing."""
    found = wiring.event_store.events(stream, 1, 100, None).items
    assert [event.version for event in found] == list(range(1, len(found) + 1))
    return [event.data for event in found]


def appended_in_the_end(settings: Settings, stream: Stream, data: dict[str, Any]) -> int:
    """By an instance of its own, which tries the version that it is told."""
    store, expected = Wiring(settings).event_store, 0
    for _ in range(WRITERS * EACH * 2):
        try:
            return store.append(stream, appending(stream, expected, data, data)).version
        except WrongVersion as refused:
            expected = int(str(refused.members["currentVersion"]))
    raise AssertionError("never appended")


def test_writers_at_once_make_dense_versions_and_overwrite_nothing(
    wiring: Wiring, stream: Stream
) -> None:
    data = [{"writer": n % WRITERS, "n": n} for n in range(WRITERS * EACH)]
    with ThreadPoolExecutor(WRITERS) as threads:
        versions = list(
            threads.map(lambda d: appended_in_the_end(wiring.settings, stream, d), data)
        )
    assert sorted(versions) == [2 * n for n in range(1, len(data) + 1)]
    found = told(wiring, stream)
    for version, wanted in zip(versions, data, strict=True):
        assert found[version - 2 : version] == [wanted, wanted]


def test_of_many_that_expect_one_version_one_is_taken(wiring: Wiring, stream: Stream) -> None:
    stores = [Wiring(wiring.settings).event_store for _ in range(12)]

    def tried(n: int) -> str:
        try:
            return f"made {stores[n].append(stream, appending(stream, 0, {'n': n})).version}"
        except WrongVersion as refused:
            return f"there is {refused.members['currentVersion']}"

    with ThreadPoolExecutor(len(stores)) as threads:
        outcomes = list(threads.map(tried, range(len(stores))))
    assert sorted(outcomes) == ["made 1"] + ["there is 1"] * 11
    assert told(wiring, stream) == [{"n": outcomes.index("made 1")}]


def test_events_of_a_refused_append_are_not_there(
    wiring: Wiring, stream: Stream, write: Write
) -> None:
    write(0, {"n": 1}, {"n": 2})
    for store in (wiring.event_store, Wiring(wiring.settings).event_store):
        with pytest.raises(WrongVersion):
            store.append(stream, appending(stream, 1, {"n": 3}, {"n": 4}))
    assert told(wiring, stream) == [{"n": 1}, {"n": 2}]


def test_an_append_whose_answer_is_lost_is_told_as_done(
    monkeypatch: pytest.MonkeyPatch, wiring: Wiring, stream: Stream
) -> None:
    add = Streams.add

    def lost(self: Streams, *args: Any) -> None:
        add(self, *args)
        raise OutcomeUnknown

    monkeypatch.setattr(Streams, "add", lost)
    done = wiring.event_store.append(stream, appending(stream, 0, {"n": 1}))
    assert done == Appended(1, replay=False)
    assert told(wiring, stream) == [{"n": 1}]


def test_another_subject_is_refused_whether_or_not_the_stream_was_seen(
    wiring: Wiring, stream: Stream, write: Write
) -> None:
    write(0, {"n": 1})
    other = appending(stream._replace(stream_id="somebody"), 1, {"n": 2})
    for store in (wiring.event_store, Wiring(wiring.settings).event_store):
        with pytest.raises(Conflict):
            store.append(stream, other)
    assert told(wiring, stream) == [{"n": 1}]


def test_what_an_append_costs(counted: Counted, stream: Stream) -> None:
    store, costs = counted.event_store, counted.costs
    store.append(stream, appending(stream, 0, {"n": 1}))
    assert costs.as_tuple() == (2, 2, 2)
    store.append(stream, appending(stream, 1, {"n": 2}, {"n": 3}))
    assert costs.as_tuple() == (3, 2, 5)
    fresh = Counted(counted.settings)
    fresh.event_store.append(stream, appending(stream, 3, {"n": 4}))
    assert fresh.costs.as_tuple() == (2, 3, 2)
