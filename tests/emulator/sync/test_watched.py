"""What a member's instance reads to know what is captured."""

from typing import Any

import pytest

from scripts.suite.counting import Costs, costing, counted_client
from shared.kernel.clock import utc_now
from shared.platform.documents import DocumentChange
from shared.sync.capture import capture
from shared.sync.route_store import RouteBook
from shared.sync.routes import Route
from shared.sync.watched import FRESH_SECONDS, Watched
from tests.builders import unique


class Member:
    """An instance of `capture_change`, its hub's routes, and what it published."""

    def __init__(self) -> None:
        self.costs, self.now = Costs(), 0.0
        self.book = RouteBook(counted_client(unique("demo-hub"), self.costs), utc_now)
        self.watched = Watched(self.book, lambda: self.now)
        self.published: list[str] = []

    def make(self, collection: str) -> None:
        end = {"project": "demo-app", "collection": collection}
        ends = {"source": end, "target": end | {"project": "demo-bo"}}
        route = Route.model_validate(ends | {"direction": "both", "enabled": True})
        self.book.change(lambda _: (collection, route))

    def write(self, path: str) -> None:
        change = DocumentChange("demo-app", path, "event", utc_now(), None, None, b"")
        capture(change, "app", self.watched.names, self._publish)

    def _publish(self, topic: str, data: bytes, **attributes: Any) -> None:
        self.published.append(topic)


@pytest.fixture
def member() -> Member:
    return Member()


def test_what_no_route_names_costs_a_read_in_ten_seconds(member: Member) -> None:
    member.make("cases")
    member.write("orders/1")
    with costing(member.costs) as at_once:
        for number in range(100):
            member.write(f"orders/{number}")
    member.now += FRESH_SECONDS
    with costing(member.costs) as later:
        for number in range(100):
            member.write(f"orders/{number}")
    assert (at_once.as_tuple(), later.as_tuple()) == ((0, 0, 0), (1, 1, 0))
    assert member.published == []


def test_the_engines_own_collections_cost_nothing(member: Member) -> None:
    with costing(member.costs) as spent:
        member.write("_tombstones/1")
    assert spent.as_tuple() == (0, 0, 0)
    assert member.published == []


def test_a_route_that_is_made_is_captured_ten_seconds_later(member: Member) -> None:
    member.make("cases")
    member.write("menus/1")
    member.make("menus")
    member.now += FRESH_SECONDS
    with costing(member.costs) as spent:
        member.write("menus/1")
        member.write("cases/1")
    assert spent.as_tuple() == (2, 3, 0)
    assert len(member.published) == 2
