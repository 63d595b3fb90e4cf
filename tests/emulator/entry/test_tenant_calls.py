"""The calls about a tenant and its syncs."""

from typing import Any

import pytest

from shared.wiring import Wiring
from tests.builders import unique
from tests.emulator.entry.clients import AsUser, Client, WithKey
from tests.emulator.entry.menus import at
from tests.unit.entry.calls import code


@pytest.fixture
def client(with_key: WithKey, restaurant: str) -> Client:
    return with_key("sync", restaurant)


def reported(client: Client, restaurant: str, status: str, **more: Any) -> dict[str, Any]:
    answer = client.send("PUT", at(restaurant, "status/SMP"), {"syncStatus": status, **more})
    assert answer.status_code == 200
    found: dict[str, Any] = answer.get_json()
    return found


def test_a_tenant_is_found_by_its_slug_alone(client: Client, restaurant: str) -> None:
    found = client.send("GET", at(f"slug-of-{restaurant}"))
    assert found.get_json() == {
        "tenantId": restaurant,
        "slug": f"slug-of-{restaurant}",
        "name": "Las Reinas",
        "status": "active",
        "products": ["ORDERING", "SMP"],
        "currency": "USD",
    }
    assert code(client.send("GET", at(restaurant))) == (404, "not-found")


def test_a_foreign_slug_and_one_of_nobody_look_alike(
    client: Client, as_user: AsUser, wiring: Wiring
) -> None:
    foreign = unique("tenant")
    wiring.tenants.put_tenant(foreign, foreign, "Somebody else", ())
    for caller in (client, as_user("sync")):
        answers = [caller.send("GET", at(slug)) for slug in (foreign, unique("nobody"))]
        assert {code(answer) for answer in answers} == {(404, "not-found")}
        assert len({answer.get_json()["detail"] for answer in answers}) == 1


def test_each_product_is_a_service_and_pending_until_it_says_otherwise(
    client: Client, restaurant: str
) -> None:
    listed = client.send("GET", at(restaurant, "services")).get_json()
    pending = {"syncStatus": "pending", "lastSyncAt": None}
    products = [{"productType": product, **pending} for product in ("ORDERING", "SMP")]
    assert listed == {"items": products, "nextCursor": None}
    done = reported(client, restaurant, "success")
    after = client.send("GET", at(restaurant, "services")).get_json()["items"][1]
    assert (after["syncStatus"], after["lastSyncAt"]) == ("success", done["lastSyncAt"])


@pytest.mark.parametrize("what", ["services", "status"])
def test_products_are_listed_in_pages(client: Client, restaurant: str, what: str) -> None:
    path = at(restaurant, what)
    first = client.send("GET", f"{path}?limit=1").get_json()
    assert [item["productType"] for item in first["items"]] == ["ORDERING"]
    rest = client.send("GET", f"{path}?limit=1&cursor={first['nextCursor']}").get_json()
    assert [item["productType"] for item in rest["items"]] == ["SMP"]
    assert rest["nextCursor"] is None
    assert code(client.send("GET", f"{path}?cursor=abc")) == (400, "invalid-request")


def test_a_product_s_reports_are_kept_with_their_times(client: Client, restaurant: str) -> None:
    config = {"screens": ["bar", "door"], "refresh": {"seconds": 30}}
    first = reported(client, restaurant, "syncing", syncConfig=config)
    assert first["startedAt"] == first["updatedAt"]
    assert (first["lastSyncAt"], first["error"]) == (None, None)
    done = reported(client, restaurant, "success")
    assert done["lastSyncAt"] == done["updatedAt"]
    assert (done["syncConfig"], done["startedAt"]) == (config, first["startedAt"])
    broken = reported(client, restaurant, "error", error="A screen is dark.")
    assert (broken["error"], broken["lastSyncAt"]) == ("A screen is dark.", done["lastSyncAt"])
    assert reported(client, restaurant, "syncing")["error"] is None
    listed = client.send("GET", at(restaurant, "status")).get_json()["items"]
    assert {sync["tenantId"] for sync in (first, *listed)} == {restaurant}
    assert [(sync["productType"], sync["syncStatus"]) for sync in listed] == [
        ("ORDERING", "pending"),
        ("SMP", "syncing"),
    ]


WRONG: dict[str, tuple[str, dict[str, Any], tuple[int, str]]] = {
    "an unknown state": ("SMP", {"syncStatus": "done"}, (422, "validation-error")),
    "no state": ("SMP", {}, (422, "validation-error")),
    "an error of what went well": (
        "SMP",
        {"syncStatus": "success", "error": "x"},
        (422, "validation-error"),
    ),
    "a configuration that cannot be kept": (
        "SMP",
        {"syncStatus": "pending", "syncConfig": {"a": [[1]]}},
        (422, "validation-error"),
    ),
    "a time of one's own": (
        "SMP",
        {"syncStatus": "success", "lastSyncAt": "2020-01-01T00:00:00Z"},
        (422, "validation-error"),
    ),
    "a product that the tenant has not": ("CRM", {"syncStatus": "success"}, (404, "not-found")),
}


@pytest.mark.parametrize(("product", "body", "refusal"), WRONG.values(), ids=WRONG.keys())
def test_a_wrong_report_is_refused_and_changes_nothing(
    client: Client, restaurant: str, product: str, body: dict[str, Any], refusal: tuple[int, str]
) -> None:
    assert code(client.send("PUT", at(restaurant, "status", product), body)) == refusal
    listed = client.send("GET", at(restaurant, "status")).get_json()["items"]
    assert {sync["updatedAt"] for sync in listed} == {None}


def test_a_product_that_fell_over_begins_again(client: Client, restaurant: str) -> None:
    first = reported(client, restaurant, "syncing")
    assert reported(client, restaurant, "pending")["startedAt"] == first["startedAt"]
    assert reported(client, restaurant, "syncing")["startedAt"] > first["startedAt"]


def test_a_run_is_accepted_for_a_product_that_the_tenant_has(
    client: Client, restaurant: str
) -> None:
    accepted = client.send("POST", at(restaurant, "run"), {"productType": "SMP"})
    assert (accepted.status_code, accepted.get_json()["syncStatus"]) == (202, "pending")
    assert accepted.get_json()["runId"]
    unknown = client.send("POST", at(restaurant, "run"), {"productType": "CRM"})
    assert code(unknown) == (422, "validation-error")


def test_a_viewer_sees_how_it_stands_and_no_more(as_user: AsUser, restaurant: str) -> None:
    viewer = as_user("sync", **{restaurant: "viewer"})
    for path in (at(f"slug-of-{restaurant}"), at(restaurant, "services"), at(restaurant, "status")):
        assert viewer.send("GET", path).status_code == 200
    report = viewer.send("PUT", at(restaurant, "status/SMP"), {"syncStatus": "success"})
    run = viewer.send("POST", at(restaurant, "run"), {"productType": "SMP"})
    assert code(report) == code(run) == (403, "forbidden")
