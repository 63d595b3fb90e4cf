"""Who shall hear of a change."""

from typing import Any

from shared.sync.models import Peer
from shared.sync.routes import peers_of, read_routes


def route(**changes: Any) -> dict[str, Any]:
    stored = {
        "source": {"project": "demo-app", "collection": "cases"},
        "target": {"project": "demo-bo", "collection": "files"},
        "direction": "both",
        "tenantField": "tenantId",
        "enabled": True,
    }
    return stored | changes


def peers(project: str, collection: str, *stored: dict[str, Any]) -> list[Peer] | None:
    found = read_routes((str(number), each) for number, each in enumerate(stored))
    return peers_of(found, project, collection)


def test_a_route_both_ways_tells_either_side_of_the_other() -> None:
    assert peers("demo-app", "cases", route()) == [Peer("demo-bo", "files", "tenantId")]
    assert peers("demo-bo", "files", route()) == [Peer("demo-app", "cases", "tenantId")]


def test_a_route_one_way_tells_the_target_only() -> None:
    assert peers("demo-bo", "files", route(direction="oneWay")) == []


def test_other_collections_and_disabled_routes_tell_nobody() -> None:
    assert peers("demo-app", "files", route()) is None
    assert peers("demo-app", "cases", route(enabled=False)) is None


def test_a_peer_that_two_routes_name_is_told_once() -> None:
    twice = peers("demo-app", "cases", route(), route(direction="oneWay"))
    assert twice == [Peer("demo-bo", "files", "tenantId")]


def test_nobody_is_a_peer_of_himself() -> None:
    here = {"project": "demo-app", "collection": "cases"}
    assert peers("demo-app", "cases", route(target=here)) == []


def test_a_route_that_makes_no_sense_mirrors_nothing_and_hinders_no_other() -> None:
    broken = [{}, route(direction="sideways"), route(source=None), route(tenantField="")]
    found = peers("demo-app", "cases", *broken, route())
    assert found == [Peer("demo-bo", "files", "tenantId")]
