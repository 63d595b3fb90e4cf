"""The calls of routes, by platform administrators only."""

from typing import Any

import pytest

from shared.wiring import Wiring
from tests.builders import unique
from tests.emulator.entry.clients import AsUser, Client, WithKey

ROUTES = "/api/v1/sync/routes"


def wanted(**changes: Any) -> dict[str, Any]:
    """A route between collections that no other test knows."""
    route = {
        "source": {"project": "demo-app", "collection": unique("c")},
        "target": {"project": "demo-bo", "collection": unique("c")},
        "direction": "both",
        "policies": {"tags": "union", "owner": "owner(demo-bo)"},
        "tenantField": "tenantId",
    }
    return route | changes


def test_a_route_is_made_read_replaced_and_ended(operator: Client) -> None:
    made = operator.send("POST", ROUTES, wanted())
    assert made.status_code == 201
    assert made.json
    route, path = made.json, f"{ROUTES}/{made.json['routeId']}"
    assert (route["enabled"], route["fields"], route["policies"]["tags"]) == (True, None, "union")
    assert route["schema"] is None
    changed = {n: v for n, v in route.items() if n != "routeId"} | {
        "enabled": False,
        "schema": "case",
    }
    assert operator.send("PUT", path, changed).json == changed | {"routeId": route["routeId"]}
    assert operator.send("GET", path).json == changed | {"routeId": route["routeId"]}
    assert operator.send("DELETE", path).status_code == 204
    assert [operator.send(verb, path).status_code for verb in ("GET", "DELETE")] == [404, 404]


def test_an_instance_follows_a_change_of_the_routes(operator: Client, wiring: Wiring) -> None:
    from shared.sync.route_store import KnownRoutes

    known = KnownRoutes(wiring.route_book, wiring.settings.alias)
    route = wanted()
    source = route["source"].values()
    assert known.at(*source) is None
    operator.send("POST", ROUTES, route)
    assert known.at(*source) is None
    known._fresh_until = 0
    found = known.at(*source)
    assert found
    assert [peer.project for peer in found.peers] == ["demo-bo"]


@pytest.mark.parametrize(
    ("changes", "pointer"),
    [
        ({"source": {"project": "demo-other", "collection": "c"}}, "/source/project"),
        ({"direction": "sideways"}, "/direction"),
        ({"policies": {"x": "newest"}}, "/policies/x"),
        ({"policies": {"_sync": "max"}}, "/policies/_sync"),
        ({"fields": []}, "/fields"),
        ({"schema": "unheard-of"}, "/schema"),
        ({"schema": "case", "policies": {"status": "off"}}, "/policies/status"),
        ({"target": {"project": "demo-bo", "collection": "a/b"}}, "/target/collection"),
        ({"more": 1}, "/more"),
    ],
)
def test_a_route_that_cannot_work_is_refused(
    operator: Client, changes: dict[str, Any], pointer: str
) -> None:
    refused = operator.send("POST", ROUTES, wanted(**changes))
    assert refused.status_code == 422
    assert refused.json
    assert [error["pointer"] for error in refused.json["errors"]] == [pointer]


def test_a_second_route_between_the_same_collections_is_refused(operator: Client) -> None:
    route = wanted()
    assert operator.send("POST", ROUTES, route).status_code == 201
    again = route | {"source": route["target"], "target": route["source"], "direction": "oneWay"}
    refused = operator.send("POST", ROUTES, again)
    assert refused.json
    assert refused.json["errors"] == [{"pointer": "/target", "code": "pair_has_a_route"}]


def test_routes_come_in_pages(operator: Client) -> None:
    for _ in range(2):
        operator.send("POST", ROUTES, wanted())
    seen: list[str] = []
    cursor = ""
    while cursor is not None:
        page = operator.send(
            "GET", f"{ROUTES}?limit=1" + (f"&cursor={cursor}" if cursor else "")
        ).json
        assert page
        seen += [item["routeId"] for item in page["items"]]
        cursor = page["nextCursor"]
    assert len(seen) == len(set(seen)) >= 2


def test_only_the_platform_may(with_key: WithKey, as_user: AsUser, tenant: str) -> None:
    for client in (with_key("sync", tenant), as_user("sync", **{tenant: "owner"})):
        assert client.send("GET", ROUTES).status_code == 403
        assert client.send("POST", ROUTES, wanted()).status_code == 403
