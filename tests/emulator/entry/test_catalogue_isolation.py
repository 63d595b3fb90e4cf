"""No call of anybody's reads or writes what another tenant has, by whatever name it asks for it."""

from collections.abc import Mapping
from itertools import product
from typing import Any, NamedTuple

import pytest

from functions.sync.http import area
from shared.entry.routing import Route
from shared.wiring import Wiring
from tests.builders import unique
from tests.emulator.entry.clients import AsUser, Client, WithKey
from tests.emulator.entry.menus import IDS, NEW, at
from tests.unit.entry.calls import code

SECRET = "Receta secreta"
ROUTES = [route for route in area.routes if route.path.startswith("/tenants/")]
BODIES: Mapping[tuple[str, str], dict[str, Any]] = {
    ("POST", "products"): NEW["products"],
    ("PATCH", "products"): {"price": 1},
    ("POST", "categories"): NEW["categories"],
    ("PATCH", "categories"): {"name": "Mine now"},
    ("PUT", "status"): {"syncStatus": "error", "error": "mine"},
    ("POST", "run"): {"productType": "SMP"},
}


class Theirs(NamedTuple):
    """A tenant of somebody else's: an id of each kind, and a cursor of each of its lists."""

    tenant: str
    slug: str
    ids: Mapping[str, str]
    cursors: Mapping[str, str]


def noun(route: Route) -> str:
    return route.path.split("/")[3] if route.path.count("/") > 2 else ""


def name(route: Route) -> str:
    return f"{route.method} {route.path}"


def path_of(route: Route, tenant: str, slug: str, ids: Mapping[str, str]) -> str:
    filled = route.path.replace("<tenant_id>", tenant).replace("<slug>", slug)
    filled = filled.replace("<product_type>", "SMP")
    return filled.replace("<entry_id>", ids.get(noun(route), ""))


def body_of(route: Route) -> dict[str, Any] | None:
    return BODIES.get((route.method, noun(route)))


def everything(wiring: Wiring, tenant: str) -> dict[str, Any]:
    """All that is stored of a tenant's menu and syncs, with its times."""
    collections = ("menu_items", "menu_sections", "tenant_sync")
    return {
        snapshot.reference.path: (snapshot.to_dict(), snapshot.update_time)
        for collection in collections
        for snapshot in wiring.hub.collection(f"tenants/{tenant}/{collection}").get()
    }


@pytest.fixture
def theirs(with_key: WithKey, wiring: Wiring) -> Theirs:
    tenant = unique("tenant")
    slug = f"slug-of-{tenant}"
    wiring.tenants.put_tenant(tenant, slug, SECRET, ("ORDERING", "SMP"))
    client, ids, cursors = with_key("sync", tenant), {}, {}
    for kind in IDS:
        for _ in range(2):
            made = client.send("POST", at(tenant, kind), NEW[kind] | {"name": SECRET})
            ids[kind] = made.get_json()[IDS[kind]]
        page = client.send("GET", at(tenant, f"{kind}?limit=1")).get_json()
        cursors[kind] = page["nextCursor"]
    report = {"syncStatus": "syncing", "syncConfig": {"word": SECRET}}
    assert client.send("PUT", at(tenant, "status/SMP"), report).status_code == 200
    return Theirs(tenant, slug, ids, cursors)


@pytest.fixture
def intruders(with_key: WithKey, as_user: AsUser, restaurant: str) -> Mapping[str, Client]:
    """A product and an owner of another tenant, and somebody of none."""
    return {
        "a key": with_key("sync", restaurant),
        "an owner": as_user("sync", **{restaurant: "owner"}),
        "nobody": as_user("sync"),
    }


def test_the_matrix_knows_every_call_that_has_a_body() -> None:
    with_body = {(r.method, noun(r)) for r in ROUTES if r.method in ("POST", "PUT", "PATCH")}
    assert with_body == set(BODIES)
    assert len(ROUTES) >= 15


def test_no_call_about_their_tenant_is_answered(
    intruders: Mapping[str, Client], theirs: Theirs, wiring: Wiring, restaurant: str
) -> None:
    """Every route, as everybody, also with one's own tenant in the header."""
    before = everything(wiring, theirs.tenant)
    headers: list[dict[str, str]] = [{}, {"X_Tenant_Id": restaurant}]
    for route, client, more in product(ROUTES, intruders.values(), headers):
        path = path_of(route, theirs.tenant, theirs.slug, theirs.ids)
        answer = client.send(route.method, path, body_of(route), **more)
        assert code(answer) == (404, "not-found"), name(route)
        assert SECRET not in answer.get_data(as_text=True)
    assert everything(wiring, theirs.tenant) == before


def test_their_ids_are_nothing_in_one_s_own_tenant(
    intruders: Mapping[str, Client], theirs: Theirs, wiring: Wiring, restaurant: str
) -> None:
    before = everything(wiring, theirs.tenant)
    mine = [intruders["a key"], intruders["an owner"]]
    named = [route for route in ROUTES if "<entry_id>" in route.path]
    for route, client in product(named, mine):
        path = path_of(route, restaurant, "", theirs.ids)
        answer = client.send(route.method, path, body_of(route))
        assert code(answer) == (404, "not-found"), name(route)
    for client in mine:
        inside = NEW["products"] | {"categoryId": theirs.ids["categories"]}
        refused = client.send("POST", at(restaurant, "products"), inside)
        assert code(refused) == (422, "validation-error")
    assert everything(wiring, theirs.tenant) == before
    assert everything(wiring, restaurant) == {}


def test_their_cursors_lead_nowhere(
    intruders: Mapping[str, Client], theirs: Theirs, restaurant: str
) -> None:
    for kind, other in product(IDS, IDS):
        path = at(restaurant, f"{kind}?cursor={theirs.cursors[other]}")
        for client in (intruders["a key"], intruders["an owner"]):
            assert code(client.send("GET", path)) == (400, "invalid-request")


def test_no_spelling_of_a_path_leads_into_their_tenant(
    intruders: Mapping[str, Client], theirs: Theirs, restaurant: str
) -> None:
    one = theirs.ids["products"]
    spellings = [
        f"../../{theirs.tenant}/menu_items/{one}",
        f"..%2F..%2F{theirs.tenant}%2Fmenu_items%2F{one}",
        f"%2e%2e/{theirs.tenant}/products/{one}",
        f"{one}/../../../{theirs.tenant}/products/{one}",
        f"__{one}__",
        ".",
        "..",
        "%00",
        f"{one}%00",
    ]
    for spelling, client in product(spellings, intruders.values()):
        for method in ("GET", "PATCH", "DELETE"):
            body = {"price": 1} if method == "PATCH" else None
            answer = client.send(method, at(restaurant, "products", spelling), body)
            assert answer.status_code in (400, 404, 405)
            assert SECRET not in answer.get_data(as_text=True)


def test_a_key_of_theirs_and_one_of_mine_add_different_items(
    with_key: WithKey, theirs: Theirs, restaurant: str
) -> None:
    ids = set()
    for tenant in (theirs.tenant, restaurant):
        client = with_key("sync", tenant)
        path = at(tenant, "products")
        made = client.send("POST", path, NEW["products"], Idempotency_Key="the same")
        assert made.status_code == 201
        ids.add(made.get_json()["productId"])
    assert len(ids) == 2
