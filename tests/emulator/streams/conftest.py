"""Streams of a tenant of each test's own."""

from collections.abc import Callable, Sequence
from typing import Any

import pytest

from scripts.suite.counting import Costs, counted_client
from shared.kernel.settings import Settings
from shared.streams.models import Append, Appended, Draft, Stream
from shared.wiring import Wiring
from tests.builders import unique

Write = Callable[..., Appended]


class Counted(Wiring):
    """An instance of the backbone whose calls are counted."""

    def __init__(self, settings: Settings) -> None:
        super().__init__(settings)
        self.costs = Costs()

    def firestore(self, project: str) -> Any:
        return counted_client(project, self.costs)


@pytest.fixture
def counted(wiring: Wiring) -> Counted:
    return Counted(wiring.settings)


@pytest.fixture
def stream() -> Stream:
    return Stream(unique("tenant"), unique("order"))


@pytest.fixture
def write(wiring: Wiring, stream: Stream) -> Write:
    """Appends to this test's stream, behind a version."""

    def written(expected: int, *told: dict[str, Any], personal: Sequence[str] = ()) -> Appended:
        return wiring.event_store.append(stream, appending(stream, expected, *told, names=personal))

    return written


def appending(
    stream: Stream, expected: int, *told: dict[str, Any], names: Sequence[str] = ()
) -> Append:
    drafts = [Draft("order_changed", data, 1, tuple(set(names) & data.keys())) for data in told]
    return Append(unique("key"), expected, drafts, stream.stream_id)
