"""A menu's calls as products and people make them."""

from typing import Any

import pytest

from shared.wiring import Wiring
from tests.builders import unique
from tests.emulator.entry.clients import AsUser, Client, WithKey
from tests.emulator.entry.menus import EVENTS, IDS, NEW, TACO, added, at, in_short, told
from tests.unit.entry.calls import code


@pytest.fixture
def client(with_key: WithKey, restaurant: str) -> Client:
    """The restaurant's SMP."""
    return with_key("sync", restaurant)


@pytest.mark.parametrize("kind", IDS)
def test_an_entry_lives_and_each_change_is_told_once_and_not_to_who_made_it(
    client: Client, wiring: Wiring, restaurant: str, kind: str
) -> None:
    made = client.send("POST", at(restaurant, kind), NEW[kind])
    assert (made.status_code, made.headers["ETag"]) == (201, '"1"')
    one = at(restaurant, kind, made.get_json()[IDS[kind]])
    assert client.send("GET", one).get_json() == made.get_json()
    assert client.send("GET", at(restaurant, kind)).get_json()["items"] == [made.get_json()]
    edited = client.send("PATCH", one, {"name": "Al pastor"}).get_json()
    assert (edited["name"], edited["version"], edited["updatedBy"]) == ("Al pastor", 2, "SMP")
    assert client.send("DELETE", one).status_code == 204
    assert code(client.send("GET", one)) == code(client.send("DELETE", one)) == (404, "not-found")
    assert client.send("GET", at(restaurant, kind)).get_json() == {"items": [], "nextCursor": None}
    verbs = enumerate(["added", "updated", "removed"], 1)
    wanted = [(f"{EVENTS[kind]}_{verb}", n, ("ORDERING",)) for n, verb in verbs]
    assert in_short(told(wiring, restaurant)) == wanted


def test_an_event_carries_the_whole_item_and_what_changed(
    client: Client, wiring: Wiring, restaurant: str
) -> None:
    one = added(client, restaurant)
    client.send("PATCH", one, {"price": 500, "name": "Taco"})
    event = told(wiring, restaurant)[-1]
    assert (event["source"], event["tenantId"], event["subject"]) == (
        "SMP",
        restaurant,
        one.rpartition("/")[2],
    )
    payload = event["payload"]
    assert payload["menuItemId"] == event["subject"]
    assert (payload["menuItemName"], payload["changed"]) == ("Taco", ["price"])
    assert payload["fields"]["price"] == 500


def test_what_changes_nothing_is_neither_written_nor_told(
    client: Client, with_key: WithKey, wiring: Wiring, restaurant: str
) -> None:
    """Two products that write back whatever they hear come to rest."""
    one, ordering = added(client, restaurant), with_key("sync", restaurant, "ORDERING")
    client.send("PATCH", one, {"price": 500})
    for echoing in (ordering, client, ordering):
        same = echoing.send("PATCH", one, TACO | {"price": 500})
        assert (same.status_code, same.get_json()["version"]) == (200, 2)
    assert client.send("PATCH", one, {}).get_json()["version"] == 2
    assert len(told(wiring, restaurant)) == 2


def test_what_a_person_changes_every_product_of_the_tenant_is_told(
    as_user: AsUser, wiring: Wiring, restaurant: str
) -> None:
    added(as_user("sync", **{restaurant: "owner"}), restaurant)
    (event,) = told(wiring, restaurant)
    assert (event["source"], event["targets"]) == ("hyphae", ["ORDERING", "SMP"])


def test_what_is_left_out_has_a_sane_value(client: Client, restaurant: str) -> None:
    made = client.send("POST", at(restaurant, "products"), {"name": "Agua", "price": 1})
    plain = {"description": "", "currency": "USD", "categoryId": None, "available": True}
    assert plain.items() <= made.get_json().items()


WRONG: list[tuple[str, Any]] = [
    ("name", ""),
    ("name", None),
    ("name", "n" * 129),
    ("price", 0),
    ("price", -1),
    ("price", 4.5),
    ("price", "450"),
    ("price", True),
    ("price", 2**53),
    ("currency", "US"),
    ("currency", "Usd"),
    ("currency", "dollar"),
    ("categoryId", "a/b"),
    ("categoryId", "nowhere"),
    ("available", "yes"),
    ("position", -1),
    ("imageUrl", "http://plain.example/taco.png"),
    ("imageUrl", "javascript:alert(1)"),
    ("productId", "mine"),
    ("tenantId", "another"),
    ("version", 7),
    ("createdAt", "2020-01-01T00:00:00Z"),
    ("updatedBy", "SMP"),
    ("colour", "red"),
]


@pytest.mark.parametrize(("name", "value"), WRONG)
def test_a_wrong_unknown_or_immutable_member_is_refused_and_changes_nothing(
    client: Client, wiring: Wiring, restaurant: str, name: str, value: Any
) -> None:
    one = added(client, restaurant)
    before = client.send("GET", one).get_json()
    for method, path in (("POST", at(restaurant, "products")), ("PATCH", one)):
        answer = client.send(method, path, (TACO if method == "POST" else {}) | {name: value})
        assert code(answer) == (422, "validation-error")
        assert [e["pointer"] for e in answer.get_json()["errors"]] == [f"/{name}"]
    assert client.send("GET", one).get_json() == before
    assert len(told(wiring, restaurant)) == 1


def test_an_item_is_in_a_section_of_its_own_tenant_and_the_section_stays_while_it_is(
    client: Client, restaurant: str
) -> None:
    section = added(client, restaurant, "categories")
    one = added(client, restaurant, categoryId=section.rpartition("/")[2])
    assert code(client.send("DELETE", section)) == (409, "conflict")
    assert client.send("PATCH", one, {"categoryId": None}).get_json()["categoryId"] is None
    assert client.send("DELETE", section).status_code == 204


def test_pages_lead_through_all_entries_once(client: Client, restaurant: str) -> None:
    made = {added(client, restaurant).rpartition("/")[2] for _ in range(5)}
    found: list[str] = []
    cursor, pages = "", 0
    while cursor is not None:
        page = client.send("GET", at(restaurant, f"products?limit=2&cursor={cursor}")).get_json()
        found += [item["productId"] for item in page["items"]]
        cursor, pages = page["nextCursor"], pages + 1
    assert (sorted(found), pages) == (sorted(made), 3)
    for bad in ("limit=0", "limit=101", "colour=red"):
        assert client.send("GET", at(restaurant, f"products?{bad}")).status_code == 422
    assert code(client.send("GET", at(restaurant, "products?cursor=x"))) == (400, "invalid-request")


def test_a_viewer_reads_and_an_editor_writes(as_user: AsUser, restaurant: str) -> None:
    editor, viewer = (as_user("sync", **{restaurant: role}) for role in ("editor", "viewer"))
    one = added(editor, restaurant)
    assert viewer.send("GET", one).status_code == 200
    for method, path, body in (
        ("POST", at(restaurant, "products"), TACO),
        ("PATCH", one, {"price": 1}),
        ("DELETE", one, None),
    ):
        assert code(viewer.send(method, path, body)) == (403, "forbidden")


def test_a_tenant_that_is_not_there_is_not_there_for_the_platform_either(
    with_key: WithKey,
) -> None:
    platform, nowhere = with_key("sync", None), unique("tenant")
    assert code(platform.send("GET", at(nowhere, "products"))) == (404, "not-found")
    assert code(platform.send("POST", at(nowhere, "products"), TACO)) == (404, "not-found")
