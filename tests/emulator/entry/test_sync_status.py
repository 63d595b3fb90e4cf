"""The call for the state of sync: who sees whose numbers."""

from typing import Any

import pytest

from shared.sync.refusals import DeadLetter
from shared.sync.rollups import HourlyRollUps
from shared.sync.routes import End
from shared.sync.tally import Lags, Way
from shared.wiring import Wiring
from tests.builders import unique
from tests.emulator.entry.clients import AsUser, Client, WithKey

STATUS = "/api/v1/sync/status"
SOURCE = End(project="demo-app", collection="cases")
TARGET = End(project="demo-bo", collection="cases")


@pytest.fixture
def tenant(wiring: Wiring) -> str:
    """With three changes, and a dead letter."""
    name, now_us = unique("tenant"), int(wiring.clock().timestamp()) * 1_000_000
    lags = Lags(3, 30_000_000, 20_000_000, now_us)
    HourlyRollUps(wiring.hub, wiring.clock).add({Way(name, SOURCE, TARGET): lags})
    wiring.sync_records.keep(DeadLetter("TENANT_MISMATCH", unique("event"), tenant_id=name))
    return name


def lines(client: Client) -> list[dict[str, Any]]:
    """The items of all pages."""
    items, cursor = [], ""
    while cursor is not None:
        page = client.get(
            f"{STATUS}?limit=100" + (f"&cursor={cursor}" if cursor else "")
        ).get_json()
        items += page["items"]
        cursor = page["nextCursor"]
    return items


def test_a_member_sees_the_numbers_of_their_tenant(as_user: AsUser, tenant: str) -> None:
    found = as_user("sync", **{tenant: "viewer"}).get(STATUS).get_json()
    assert (found["changes"], found["lagMs"], found["maxLagMs"]) == (3, 10_000, 20_000)
    assert (found["deadLetters"], found["conflicts"]) == (1, 0)
    assert (found["pending"], found["oldestPendingAt"]) == (0, None)
    (item,) = found["items"]
    assert item["tenantId"] == tenant
    assert item["source"] == {"project": "demo-app", "collection": "cases"}
    assert item["target"] == {"project": "demo-bo", "collection": "cases"}
    assert (item["changes"], item["documents"], item["checkedAt"]) == (3, None, None)


def test_the_platform_sees_all_tenants_or_the_one_it_names(with_key: WithKey, tenant: str) -> None:
    admin = with_key("sync", None)
    assert tenant in {item["tenantId"] for item in lines(admin)}
    assert admin.get(STATUS).get_json()["deadLetters"] >= 1
    one = admin.get(STATUS, **{"X-Tenant-Id": tenant}).get_json()
    assert {item["tenantId"] for item in one["items"]} == {tenant}


def test_the_items_come_in_pages_and_the_sums_are_of_all(
    as_user: AsUser, tenant: str, wiring: Wiring
) -> None:
    HourlyRollUps(wiring.hub, wiring.clock).add({Way(tenant, TARGET, SOURCE): Lags(4, 1, 1, 1)})
    client = as_user("sync", **{tenant: "viewer"})
    first = client.get(f"{STATUS}?limit=1").get_json()
    second = client.get(f"{STATUS}?limit=1&cursor={first['nextCursor']}").get_json()
    assert [len(page["items"]) for page in (first, second)] == [1, 1]
    assert [page["changes"] for page in (first, second)] == [7, 7]
    assert first["items"] + second["items"] == lines(client)
    assert second["nextCursor"] is None
    foreign = as_user("sync", **{unique("other"): "owner"})
    assert foreign.get(f"{STATUS}?cursor={first['nextCursor']}").status_code == 400


def test_another_tenant_s_numbers_are_not_to_be_found(
    with_key: WithKey, as_user: AsUser, tenant: str
) -> None:
    for client in (
        with_key("sync", unique("other")),
        as_user("sync", **{unique("other"): "owner"}),
    ):
        foreign = client.get(STATUS, **{"X-Tenant-Id": tenant})
        assert (foreign.status_code, foreign.get_json()["code"]) == (404, "not-found")
        assert client.get(STATUS).get_json()["items"] == []
