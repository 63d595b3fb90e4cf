"""Which collections an instance of a member captures, and how often it asks."""

from collections.abc import Mapping
from datetime import UTC, datetime

import pytest

from shared.kernel.errors import DependencyUnavailable
from shared.sync.routes import Route
from shared.sync.watched import FRESH_SECONDS, LONGEST_SECONDS, Watched
from tests.unit.sync.builders import NOON


class Hub:
    """Routes that change, in a hub that may be away; a clock beside them."""

    def __init__(self) -> None:
        self.routes: dict[str, Route] = {}
        self.read: list[str] = []
        self.changed: datetime | None = None
        self.away = False
        self.now = 0.0

    def edition(self) -> datetime | None:
        self.read.append("edition")
        if self.away:
            raise DependencyUnavailable
        return self.changed

    def all(self) -> Mapping[str, Route]:
        self.read.append("all")
        return self.routes

    def put(self, name: str, collection: str, enabled: bool = True) -> None:
        ends = {
            "source": {"project": "a", "collection": collection},
            "target": {"project": "b", "collection": f"{collection}-copies"},
        }
        about = {"direction": "oneWay", "enabled": enabled}
        self.routes[name] = Route.model_validate(ends | about)
        self.changed = datetime.fromtimestamp(NOON.timestamp() + self.now, UTC)

    def pass_seconds(self, seconds: float) -> None:
        self.now += seconds


@pytest.fixture
def hub() -> Hub:
    return Hub()


@pytest.fixture
def watched(hub: Hub) -> Watched:
    return Watched(hub, lambda: hub.now)


def test_both_ends_of_a_route_are_captured_and_nothing_else(hub: Hub, watched: Watched) -> None:
    hub.put("menus", "menus")
    assert watched.names("a", "menus")
    assert watched.names("b", "menus-copies")
    assert not watched.names("b", "menus")
    assert not watched.names("a", "orders")


def test_a_disabled_route_names_nothing(hub: Hub, watched: Watched) -> None:
    hub.put("menus", "menus", enabled=False)
    assert not watched.names("a", "menus")


def test_a_thousand_unrelated_writes_ask_once_in_ten_seconds(hub: Hub, watched: Watched) -> None:
    for _ in range(1000):
        assert not watched.names("a", "orders")
        hub.pass_seconds(0.02)
    assert hub.read == ["edition", "all", "edition"]


def test_a_new_route_is_captured_within_ten_seconds(hub: Hub, watched: Watched) -> None:
    assert not watched.names("a", "menus")
    hub.put("menus", "menus")
    hub.pass_seconds(FRESH_SECONDS)
    assert watched.names("a", "menus")


def test_a_route_that_was_written_by_hand_is_captured_within_a_minute(
    hub: Hub, watched: Watched
) -> None:
    assert not watched.names("a", "menus")
    hub.put("menus", "menus")
    hub.changed = None
    hub.pass_seconds(LONGEST_SECONDS)
    assert watched.names("a", "menus")


def test_while_routes_cannot_be_read_everything_is_captured(hub: Hub, watched: Watched) -> None:
    hub.put("menus", "menus")
    assert not watched.names("a", "orders")
    hub.away = True
    hub.pass_seconds(FRESH_SECONDS)
    assert [watched.names("a", "orders") for _ in range(100)] == [True] * 100
    assert hub.read == ["edition", "all", "edition"]
    hub.away = False
    hub.pass_seconds(FRESH_SECONDS)
    assert not watched.names("a", "orders")
