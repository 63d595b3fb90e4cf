"""A day at Las Reinas: two products, one menu, through the gateway and the real triggers."""

from collections.abc import Callable
from typing import Any

import pytest
import requests

from tests.builders import unique
from tests.e2e.conftest import Client, eventually

MENU = "/sync/tenants/las-reinas"
SECTION_EVENTS = "menu_section_added,menu_section_removed"
ITEM_EVENTS = "menu_item_added,menu_item_updated,menu_item_removed"


@pytest.fixture
def ordering(key_client: Callable[[str], Client]) -> Client:
    return key_client("las-reinas-ordering")


@pytest.fixture
def smp(key_client: Callable[[str], Client]) -> Client:
    return key_client("las-reinas-smp")


def pending(client: Client, product: str, types: str, subject: str) -> list[dict[str, Any]]:
    """What the product has not acknowledged of one thing, through every page."""
    found, cursor = [], ""
    while cursor is not None:
        query = f"target={product}&types={types}&processed=false&cursor={cursor}"
        page = client.get(f"/ecosystem/events?{query}").json()
        found += [event for event in page["items"] if event["subject"] == subject]
        cursor = page["nextCursor"]
    return found


def heard(client: Client, product: str, types: str, subject: str) -> list[dict[str, Any]]:
    """The same, each acknowledged as the product would."""
    events = eventually(lambda: pending(client, product, types, subject) or None)
    for event in events:
        path = f"/ecosystem/events/{event['eventId']}/ack"
        assert client.post(path, {"consumer": product}).status_code == 200
    assert pending(client, product, types, subject) == []
    return events


def made(answer: requests.Response, status: int = 201) -> dict[str, Any]:
    assert answer.status_code == status, answer.text
    body: dict[str, Any] = answer.json()
    return body


def test_smp_comes_to_know_the_restaurant(smp: Client) -> None:
    tenant = made(smp.get(MENU), 200)
    assert (tenant["tenantId"], tenant["products"]) == ("las-reinas", ["ORDERING", "SMP"])
    services = smp.get(f"{MENU}/services").json()["items"]
    assert [service["productType"] for service in services] == ["ORDERING", "SMP"]
    names = {item["name"] for item in smp.get(f"{MENU}/products").json()["items"]}
    assert {"Taco al pastor", "Horchata"} <= names
    assert {"Tacos", "Bebidas"} <= {
        section["name"] for section in smp.get(f"{MENU}/categories").json()["items"]
    }
    synced = made(smp.put(f"{MENU}/status/SMP", {"syncStatus": "success"}), 200)
    assert synced["lastSyncAt"]


def test_a_day_with_one_dish(ordering: Client, smp: Client) -> None:
    section = made(ordering.post(f"{MENU}/categories", {"name": unique("Especiales")}))
    shelf = section["categoryId"]
    (opened,) = heard(smp, "SMP", SECTION_EVENTS, shelf)
    assert opened["payload"]["menuSectionName"] == section["name"]

    wanted = {"name": "Mole", "price": 1250, "currency": "USD", "categoryId": shelf}
    dish = made(ordering.post(f"{MENU}/products", wanted, unique("key")))
    one = f"{MENU}/products/{dish['productId']}"
    (new,) = heard(smp, "SMP", ITEM_EVENTS, dish["productId"])
    assert (new["eventType"], new["source"]) == ("menu_item_added", "ORDERING")
    assert wanted.items() <= new["payload"]["fields"].items()

    made(ordering.patch(one, {"price": 1350}), 200)
    (dearer,) = heard(smp, "SMP", ITEM_EVENTS, dish["productId"])
    assert (dearer["payload"]["changed"], dearer["payload"]["version"]) == (["price"], 2)

    made(smp.patch(one, {"description": "Con ajonjolí"}), 200)
    assert ordering.get(one).json()["description"] == "Con ajonjolí"
    (described,) = heard(ordering, "ORDERING", ITEM_EVENTS, dish["productId"])
    assert (described["source"], described["payload"]["version"]) == ("SMP", 3)
    made(ordering.patch(one, described["payload"]["fields"]), 200)
    for product, client in (("ORDERING", ordering), ("SMP", smp)):
        assert pending(client, product, ITEM_EVENTS, dish["productId"]) == []

    assert ordering.delete(one).status_code == 204
    (gone,) = heard(smp, "SMP", ITEM_EVENTS, dish["productId"])
    assert (gone["eventType"], gone["payload"]["version"]) == ("menu_item_removed", 4)
    assert smp.get(one).status_code == 404
    assert ordering.delete(f"{MENU}/categories/{shelf}").status_code == 204
    assert heard(smp, "SMP", SECTION_EVENTS, shelf)[0]["eventType"] == "menu_section_removed"


def test_a_manual_sync_brings_the_whole_menu_and_the_status_follows_it(
    user_client: Callable[..., Client], smp: Client
) -> None:
    owner = user_client("las-reinas", "owner")
    begun = made(owner.post(f"{MENU}/run", {"productType": "SMP"}), 202)
    assert begun["syncStatus"] == "pending"

    def succeeded() -> dict[str, Any] | None:
        statuses = owner.get(f"{MENU}/status").json()["items"]
        state: dict[str, Any] = next(s for s in statuses if s["productType"] == "SMP")
        return state if state["syncStatus"] == "success" else None

    done = eventually(succeeded)
    assert (done["runId"], done["error"]) == (begun["runId"], None)
    told = heard(smp, "SMP", "menu_republished", begun["runId"])
    assert [event["payload"]["last"] for event in told] == [False] * (len(told) - 1) + [True]
    here = {item["productId"] for item in smp.get(f"{MENU}/products").json()["items"]}
    items = {item["menuItemId"] for event in told for item in event["payload"]["items"]}
    assert here <= items


def test_a_viewer_of_the_restaurant_reads_and_the_shelter_sees_nothing(
    user_client: Callable[..., Client], key_client: Callable[[str], Client]
) -> None:
    viewer, shelter = user_client("las-reinas", "viewer"), key_client("refugio-app")
    dish = {"name": "Mole", "price": 1250}
    assert viewer.get(f"{MENU}/products").status_code == 200
    assert viewer.post(f"{MENU}/products", dish).status_code == 403
    for path in (MENU, f"{MENU}/services", f"{MENU}/products", f"{MENU}/status"):
        assert shelter.get(path).status_code == 404
    assert shelter.post(f"{MENU}/products", dish).status_code == 404
