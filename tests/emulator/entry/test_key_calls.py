"""API keys over HTTP: shown once, within their maker's reach, each tenant's own."""

import time
from datetime import timedelta
from typing import Any

import pytest

from shared.kernel.clock import rfc3339, utc_now
from shared.wiring import Wiring
from tests.builders import unique
from tests.emulator.entry.clients import FORBIDDEN, MISSING, REFUSED, AsUser, WithKey
from tests.emulator.entry.keys import KEYS, issued, rotated, using, wanted
from tests.emulator.entry.people import Tenant, peopled
from tests.unit.entry.calls import code


@pytest.fixture
def tenant(wiring: Wiring, as_user: AsUser) -> Tenant:
    return peopled(wiring, as_user, "owner", "admin", "editor")


def test_a_key_is_shown_once_and_opens_what_it_is_for(tenant: Tenant) -> None:
    owner = tenant.who["owner"]
    made = issued(owner)
    assert made["key"].startswith(f"hy_sk_dev_{made['keyId']}_")
    assert using(owner, made["key"]).get_json()["rule"] == "scope"
    (listed,) = owner.get(KEYS).get_json()["items"]
    assert listed["keyId"] == made["keyId"]
    assert "key" not in listed
    assert listed["scopes"] == ["events:event:read"]
    assert made["key"].rsplit("_", 1)[1] not in owner.get("/api/v1/auth/audit").get_data(
        as_text=True
    )


def test_a_key_ends_within_a_year(tenant: Tenant) -> None:
    owner, now = tenant.who["owner"], utc_now()
    until = issued(owner)["expiresAt"]
    assert rfc3339(now + timedelta(days=364)) < until < rfc3339(now + timedelta(days=366))
    for days in (-1, 400):
        answer = owner.send("POST", KEYS, wanted(expiresAt=rfc3339(now + timedelta(days=days))))
        assert code(answer) == REFUSED


def test_no_key_does_more_than_its_maker(tenant: Tenant, with_key: WithKey) -> None:
    for role, scope in (
        ("admin", "auth:tenant:delete"),
        ("owner", "billing:account:write"),
        ("editor", "events:event:read"),
    ):
        answer = tenant.who[role].send("POST", KEYS, wanted(scopes=[scope]))
        assert code(answer) == FORBIDDEN
    key = issued(tenant.who["owner"], scopes=["auth:api-key:write", "events:event:read"])
    holder = tenant.who["owner"]._replace(credential={"X-API-Key": key["key"]})
    assert issued(holder)["createdBy"] == f"key:{key['keyId']}"
    assert code(holder.send("POST", KEYS, wanted(scopes=["events:event:emit"]))) == FORBIDDEN
    platform = with_key("auth", None)
    assert issued(platform, tenantId=tenant.name)["tenantId"] == tenant.name
    assert code(platform.send("POST", KEYS, wanted(tenantId=unique("none")))) == MISSING


@pytest.mark.parametrize(
    ("changes", "pointer"),
    [
        ({"scopes": ["no:such:scope"]}, "/scopes/0"),
        ({"scopes": ["events:*:read"]}, "/scopes/0"),
        ({"scopes": []}, "/scopes"),
        ({"name": ""}, "/name"),
        ({"digest": "x"}, "/digest"),
        ({"expiresAt": 4102444800}, "/expiresAt"),
    ],
)
def test_a_wrong_wish_is_refused_by_name(
    tenant: Tenant, changes: dict[str, Any], pointer: str
) -> None:
    answer = tenant.who["owner"].send("POST", KEYS, wanted(**changes))
    assert code(answer) == REFUSED
    assert answer.get_json()["errors"][0]["pointer"] == pointer
    assert tenant.who["owner"].get(KEYS).get_json()["items"] == []


def test_a_foreign_key_and_none_look_alike(
    wiring: Wiring, tenant: Tenant, as_user: AsUser, with_key: WithKey
) -> None:
    other = peopled(wiring, as_user, "owner")
    theirs = issued(other.who["owner"])["keyId"]
    platforms = with_key("auth", None).credential["X-API-Key"].split("_")[3]
    for client in (tenant.who["owner"], with_key("auth", tenant.name)):
        answers = [client.delete(f"{KEYS}/{k}") for k in (theirs, platforms, "a" * 16, "odd")]
        answers += [rotated(client, k) for k in (theirs, platforms, "a" * 16, "odd")]
        assert {code(answer) for answer in answers} == {MISSING}
        assert len({answer.get_json()["detail"] for answer in answers}) == 1
    assert code(tenant.who["owner"].get(KEYS, **{"X-Tenant-Id": other.name})) == MISSING


def test_keys_are_listed_in_pages(tenant: Tenant) -> None:
    owner = tenant.who["owner"]
    made = sorted(issued(owner, name=f"k{n}")["keyId"] for n in range(3))
    first = owner.get(f"{KEYS}?limit=2").get_json()
    rest = owner.get(f"{KEYS}?limit=2&cursor={first['nextCursor']}").get_json()
    assert [item["keyId"] for item in first["items"] + rest["items"]] == made
    assert rest["nextCursor"] is None


def test_the_last_use_is_noted_once_a_minute(wiring: Wiring, tenant: Tenant) -> None:
    made = issued(tenant.who["owner"])
    for _ in range(3):
        using(tenant.who["owner"], made["key"])
    document = wiring.hub.document(f"api_keys/{made['keyId']}")
    deadline = utc_now() + timedelta(seconds=5)
    while (document.get().to_dict() or {}).get("lastUsedAt") is None:
        assert utc_now() < deadline
        time.sleep(0.02)
    first = document.get()
    using(tenant.who["owner"], made["key"])
    using(tenant.who["owner"]._replace(), made["key"])
    assert document.get().update_time == first.update_time
    assert tenant.who["owner"].get(KEYS).get_json()["items"][0]["lastUsedAt"]


def test_a_key_switches_to_no_other_tenant(
    wiring: Wiring, tenant: Tenant, as_user: AsUser, with_key: WithKey
) -> None:
    other, key = peopled(wiring, as_user, "owner"), with_key("auth", tenant.name)
    answers = [
        key.get(KEYS, **{"X-Tenant-Id": name}) for name in (other.name, unique("tenant"))
    ] + [key.send("POST", KEYS, wanted(tenantId=name)) for name in (other.name, unique("tenant"))]
    assert {code(answer) for answer in answers} == {MISSING}
    assert other.who["owner"].get(KEYS).get_json()["items"] == []
