"""Aggregates on a real store: at any version, by snapshots or without, and after an erasure."""

from typing import Any

import pytest

from shared.kernel.errors import NotFound
from shared.streams import declared, documents
from shared.streams.catalogue import UnknownSchema, catalogue
from shared.streams.models import Stream
from shared.wiring import Wiring
from tests.emulator.streams.conftest import Counted, Write


@pytest.fixture
def long(write: Write) -> int:
    """The version of a stream of 250 events."""
    for expected in range(0, 250, 50):
        write(expected, *({"n": expected + n, f"k{n % 7}": n} for n in range(1, 51)))
    return 250


def snapshots(wiring: Wiring, stream: Stream) -> dict[int, dict[str, Any]]:
    path = f"{documents.stream_path(stream)}/snapshots"
    return {row.get("version"): row.to_dict() or {} for row in wiring.hub.collection(path).get()}


def expected(version: int) -> dict[str, Any]:
    state: dict[str, Any] = {}
    for n in range(1, version + 1):
        m = (n - 1) % 50 + 1
        state |= {"n": n, f"k{m % 7}": m}
    return state


@pytest.mark.usefixtures("long")
def test_the_state_at_any_version_is_what_its_events_say(wiring: Wiring, stream: Stream) -> None:
    for version in (1, 99, 100, 101, 250, 200, 199, 1):
        state = wiring.event_store.state(stream, version)
        assert (state.version, dict(state.data)) == (version, expected(version))
    assert sorted(snapshots(wiring, stream)) == [100, 200]


def test_a_snapshot_spares_the_events_before_it(
    counted: Counted, stream: Stream, long: int
) -> None:
    counted.event_store.state(stream)
    assert counted.costs.as_tuple() == (4, 1 + 250, 1)
    counted.costs.__init__()  # type: ignore[misc]
    assert counted.event_store.state(stream).version == long
    assert counted.costs.as_tuple() == (2, 1 + 50, 0)


@pytest.mark.usefixtures("long")
def test_a_snapshot_of_another_reducer_is_not_used(wiring: Wiring, stream: Stream) -> None:
    wiring.event_store.state(stream)
    wrong = {"reducer": "last-write@0", "content": '{"wrong": true}'}
    wiring.hub.document(documents.snapshot_path(stream, 200)).update(wrong)
    assert dict(wiring.event_store.state(stream).data) == expected(250)
    assert snapshots(wiring, stream)[200]["reducer"] == "last-write@1"


def test_a_version_that_is_not_there_is_not_found(
    wiring: Wiring, stream: Stream, write: Write
) -> None:
    write(0, {"n": 1})
    for missing, version in ((stream, 2), (Stream("nobody", stream.stream_id), None)):
        with pytest.raises(NotFound):
            wiring.event_store.state(missing, version)


def test_an_event_of_tomorrow_stops_the_state_and_not_the_log(
    monkeypatch: pytest.MonkeyPatch, wiring: Wiring, stream: Stream, write: Write
) -> None:
    write(0, {"n": 1})
    path = documents.event_path(stream, 1)
    wiring.hub.document(path).update({"schemaVersion": 2})
    with pytest.raises(UnknownSchema, match="order_changed is of schema 2; known here is 1"):
        wiring.event_store.state(stream)
    assert wiring.event_store.events(stream, 1, 1, None).items[0].schema_version == 2
    newer = catalogue({}, {("order_changed", 1): lambda data: {**data, "new": True}})
    monkeypatch.setattr(declared, "DECLARED", newer)
    assert Wiring(wiring.settings).event_store.state(stream).data == {"n": 1}


def test_a_state_that_no_snapshot_can_hold_is_told_all_the_same(
    wiring: Wiring, stream: Stream, write: Write
) -> None:
    for expected in range(0, 105, 15):
        write(expected, *({f"k{expected + n}": "x" * 12_000} for n in range(15)))
    for _ in range(2):
        assert len(wiring.event_store.state(stream).data) == 105
    assert snapshots(wiring, stream) == {}
