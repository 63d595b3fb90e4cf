"""Who shall hear of a change, and which routes can live together."""

from typing import Any

import pytest

from shared.kernel.settings import DEFAULT_TIERS, Settings
from shared.sync.models import Peer
from shared.sync.routes import Route, mirrored_at, read_routes
from shared.sync.topology import faults

PROJECTS = {name: f"demo-{name}" for name in ("app", "bo", "ai")}
SETTINGS = Settings(True, "demo-hub", PROJECTS, b"", DEFAULT_TIERS)


def end(project: str, collection: str = "cases") -> dict[str, str]:
    return {"project": project, "collection": collection}


def stored(**changes: Any) -> dict[str, Any]:
    route = {
        "source": end("demo-app"),
        "target": end("demo-bo", "files"),
        "direction": "both",
        "tenantField": "tenantId",
        "enabled": True,
    }
    return route | changes


def route(source: str = "demo-app", target: str = "demo-bo", **changes: Any) -> Route:
    return Route.model_validate(stored(source=end(source), target=end(target)) | changes)


def one_way(source: str, target: str, **changes: Any) -> Route:
    return route(source, target, direction="oneWay", **changes)


def peers(project: str, collection: str, *found: dict[str, Any]) -> list[Peer] | None:
    routes = read_routes((str(number), each) for number, each in enumerate(found))
    mirrored = mirrored_at(routes.values(), project, collection, lambda name: name)
    return list(mirrored.peers) if mirrored else None


def codes(wanted: Route, *others: Route) -> list[tuple[str, str]]:
    return [(fault.pointer, fault.code) for fault in faults(wanted, others, SETTINGS)]


def test_a_route_both_ways_tells_either_side_of_the_other() -> None:
    assert peers("demo-app", "cases", stored()) == [Peer("demo-bo", "files")]
    assert peers("demo-bo", "files", stored()) == [Peer("demo-app", "cases")]


def test_a_route_one_way_tells_the_target_only() -> None:
    assert peers("demo-bo", "files", stored(direction="oneWay")) == []


def test_other_collections_and_disabled_routes_tell_nobody() -> None:
    assert peers("demo-app", "files", stored()) is None
    assert peers("demo-app", "cases", stored(enabled=False)) is None


def test_a_peer_that_two_routes_name_is_told_once() -> None:
    twice = peers("demo-app", "cases", stored(), stored(direction="oneWay"))
    assert twice == [Peer("demo-bo", "files")]


def test_a_route_that_makes_no_sense_mirrors_nothing_and_hinders_no_other() -> None:
    broken = [{}, stored(direction="sideways"), stored(source=None), stored(tenantField="")]
    assert peers("demo-app", "cases", *broken, stored()) == [Peer("demo-bo", "files")]


@pytest.mark.parametrize(
    "routes",
    [
        [route()],
        [route(), route("demo-bo", "demo-ai"), route("demo-ai", "demo-app")],
        [one_way("demo-app", "demo-bo"), one_way("demo-bo", "demo-ai")],
        [one_way("demo-app", "demo-bo"), one_way("demo-app", "demo-ai")],
        [route(policies={"x": "owner(demo-bo)", "y": "custom(longest)", "z": "off"})],
    ],
)
def test_meshes_and_trees_of_routes_are_fine(routes: list[Route]) -> None:
    assert codes(routes[0], *routes[1:]) == []


@pytest.mark.parametrize(
    ("wanted", "expected"),
    [
        (route("demo-other"), ("/source/project", "unregistered_project")),
        (route("demo-hub"), ("/source/project", "hub_is_not_mirrored")),
        (one_way("demo-app", "demo-hub"), ("/target/project", "hub_is_not_mirrored")),
        (route("demo-app", "demo-app"), ("/target/project", "same_project")),
        (route(policies={"x": "newest"}), ("/policies/x", "unknown_policy")),
        (route(policies={"x": "custom(other)"}), ("/policies/x", "unknown_policy")),
        (route(policies={"x": "owner(demo-ai)"}), ("/policies/x", "project_not_on_route")),
        (route(policies={"tenantId": "max"}), ("/policies/tenantId", "tenant_field_has_no_policy")),
        (
            route(fields=["y"], policies={"a/b": "max"}),
            ("/policies/a~1b", "field_does_not_travel"),
        ),
    ],
)
def test_a_route_that_cannot_work_is_refused(wanted: Route, expected: tuple[str, str]) -> None:
    assert codes(wanted) == [expected]


CASE_FIELDS = ["pet", "petId", "contact", "open", "status"]


@pytest.mark.parametrize(
    ("wanted", "expected"),
    [
        (route(schema="unheard-of"), [("/schema", "unknown_schema")]),
        (route(schema=""), [("/schema", "unknown_schema")]),
        (route(schema="case"), []),
        (route(schema="case", fields=[*CASE_FIELDS, "name"], policies={"name": "off"}), []),
        (route(schema="case", fields=["petId"]), [("/fields", "schema_field_does_not_travel")]),
        (
            route(schema="case", policies={"pet": "off", "petId": "off", "status": "max"}),
            [(f"/policies/{name}", "schema_changes_field") for name in ("pet", "petId", "status")],
        ),
        (
            route(schema="case", policies={"schemaVersion": "off"}),
            [("/policies/schemaVersion", "schema_changes_field")],
        ),
        (route(schema="case", tenantField="open"), [("/tenantField", "schema_changes_field")]),
    ],
)
def test_what_a_schema_changes_travels_whole_and_is_what_was_written_last(
    wanted: Route, expected: list[tuple[str, str]]
) -> None:
    assert codes(wanted) == expected


def test_a_pair_of_collections_has_one_route() -> None:
    assert codes(one_way("demo-bo", "demo-app"), route()) == [("/target", "pair_has_a_route")]


def test_a_way_back_to_where_a_one_way_route_began_is_refused() -> None:
    others = [one_way("demo-app", "demo-bo"), one_way("demo-bo", "demo-ai")]
    assert codes(one_way("demo-ai", "demo-app"), *others) == [("/target", "cycle")]
    assert codes(route("demo-ai", "demo-app"), *others) == [("/target", "cycle")]


@pytest.mark.parametrize(
    "changes",
    [{"policies": {"x": "max"}}, {"fields": ["x"]}, {"tenantField": "org"}, {"schema": "case"}],
)
def test_routes_of_one_collection_read_it_alike(changes: dict[str, Any]) -> None:
    wanted = route("demo-app", "demo-ai", **changes)
    assert codes(wanted, route()) == [("/policies", "contradicts_a_route")]
    assert codes(wanted, route("demo-app", "demo-bo", **changes)) == []
