"""What the event bus is told of appends: each event once, in the same commit, nothing personal."""

from dataclasses import replace

import pytest

from shared.events.models import EVERYBODY, Filter
from shared.streams.models import Publication, Stream
from shared.streams.rules import WrongVersion
from shared.wiring import Wiring
from tests.emulator.streams.conftest import Counted, appending

PUBLISH = Publication("ORDERING", ("SMP",))


def test_the_bus_is_told_of_each_event_once(wiring: Wiring, stream: Stream) -> None:
    told = appending(stream, 0, {"n": 1, "email": "x"}, {"n": 2}, names=("email",))
    append = replace(told, publish=PUBLISH)
    for _ in range(2):
        wiring.event_store.append(stream, append)
    one, two = wiring.feed.page(Filter(stream.tenant_id), 100, None).items
    expected = [{"streamId": stream.stream_id, "version": n, "data": {"n": n}} for n in (1, 2)]
    assert sorted((one.payload, two.payload), key=lambda p: p["version"]) == expected
    assert (one.event_type, one.source, one.targets) == ("order_changed", "ORDERING", ("SMP",))
    assert (one.subject, one.schema_version) == (stream.stream_id, 1)


def test_of_a_refused_append_the_bus_hears_nothing(wiring: Wiring, stream: Stream) -> None:
    publish = Publication("ORDERING", (EVERYBODY,))
    with pytest.raises(WrongVersion):
        wiring.event_store.append(stream, replace(appending(stream, 3, {"n": 1}), publish=publish))
    assert wiring.feed.page(Filter(stream.tenant_id), 100, None).items == []


def test_it_costs_a_write_an_event(counted: Counted, stream: Stream) -> None:
    append = replace(appending(stream, 0, {"n": 1}, {"n": 2}), publish=PUBLISH)
    counted.event_store.append(stream, append)
    assert counted.costs.as_tuple() == (2, 2, 2 + 1 + 2)
