"""The auth calls as a client makes them."""

from typing import Any

import pytest
from werkzeug.test import TestResponse

from tests.builders import unique
from tests.emulator.entry.clients import AsUser, Client, WithKey
from tests.unit.entry.calls import code

ME = "/api/v1/auth/me"
AUTHORIZE = "/api/v1/auth/authorize"
READ = {"permission": "events:event:read"}


def test_somebody_learns_who_they_are(as_user: AsUser, tenant: str) -> None:
    me = as_user("auth", **{tenant: "viewer"}).get(ME).get_json()
    assert set(me) == {"userId", "identities", "profile", "tenants", "roles", "permissions"}
    assert me["tenants"] == [{"tenantId": tenant, "roles": ["viewer"]}]
    assert me["roles"] == ["viewer"]
    assert "events:event:read" in me["permissions"]
    assert me["identities"][0]["project"] == "demo-app"


def patch(client: Client, body: Any) -> TestResponse:
    return client.function.patch(ME, json=body, headers=client.credential)


def test_somebody_changes_their_name(as_user: AsUser) -> None:
    me = as_user("auth")
    before = me.get(ME).get_json()
    changed = patch(me, {"displayName": "Ana"})
    assert changed.status_code == 200
    profile = {**before["profile"], "displayName": "Ana"}
    assert changed.get_json() == me.get(ME).get_json() == {**before, "profile": profile}
    assert patch(me, {}).get_json()["profile"] == profile
    assert patch(me, {"displayName": None}).get_json()["profile"]["displayName"] is None


PROFILE = {
    "displayName": "Ana",
    "photoUrl": "https://img.example/ana.png?size=64",
    "locale": "es-MX",
    "timeZone": "America/Mexico_City",
}


def test_a_profile_is_changed_in_parts_and_each_change_is_told_of(as_user: AsUser) -> None:
    me = as_user("auth")
    email = me.get(ME).get_json()["profile"]["email"]
    assert patch(me, PROFILE).get_json()["profile"] == {"email": email, **PROFILE}
    assert patch(me, {"photoUrl": None}).get_json()["profile"]["timeZone"] == PROFILE["timeZone"]
    patch(me, {"displayName": "Ana"})
    user_id = me.get(ME).get_json()["userId"]
    found = me.get(f"/api/v1/auth/audit?userId={user_id}").get_json()["items"]
    assert [entry["action"] for entry in found] == [*["profile.change"] * 2, "identity.register"]
    assert [entry["details"] for entry in found[:2]] == [
        {"members": ["photoUrl"]},
        {"members": sorted(PROFILE)},
    ]
    assert found[0]["actor"] == f"user:{user_id}"
    answer = me.send("POST", "/api/v1/auth/audit/verify", {"userId": user_id})
    assert answer.get_json() == {"valid": True, "entries": 3, "brokenAt": None}


@pytest.mark.parametrize(
    ("member", "value"),
    [
        ("photoUrl", "http://img.example/a.png"),
        ("photoUrl", "javascript:alert(1)"),
        ("photoUrl", 'https://img.example/ " onerror=x'),
        ("photoUrl", 'https://img.example/"><script>alert(1)</script>'),
        ("photoUrl", "https://img.example/'onerror='x"),
        ("photoUrl", "https://../a.png"),
        ("displayName", "Ana\r\nBcc: ben@x.example"),
        ("displayName", "Ana\u0000"),
        ("displayName", ""),
        ("photoUrl", "https://img.example/" + "x" * 2048),
        ("photoUrl", "https://user@img.example/"),
        ("locale", "English"),
        ("locale", "es_MX"),
        ("locale", ""),
        ("timeZone", "Mars/Olympus"),
        ("timeZone", "../etc/passwd"),
        ("timeZone", "localtime"),
        ("timeZone", ""),
        ("timeZone", 5),
    ],
)
def test_a_profile_holds_what_makes_sense(as_user: AsUser, member: str, value: Any) -> None:
    me = as_user("auth")
    before = me.get(ME).get_json()
    answer = patch(me, {member: value})
    assert code(answer) == (422, "validation-error")
    assert answer.get_json()["errors"][0]["pointer"] == f"/{member}"
    assert me.get(ME).get_json() == before


@pytest.mark.parametrize(
    "member",
    ["email", "role", "roles", "userId", "tenantId", "is_admin", "__proto__", "permissions"],
)
def test_nobody_changes_what_they_are(as_user: AsUser, member: str) -> None:
    me = as_user("auth")
    before = me.get(ME).get_json()
    answer = patch(me, {"displayName": "Eve", member: "x"})
    assert code(answer) == (422, "validation-error")
    assert answer.get_json()["errors"][0]["pointer"] == f"/{member}"
    assert me.get(ME).get_json() == before


@pytest.mark.parametrize("name", ["", "x" * 129, 7, ["x"], True])
def test_a_name_is_a_name(as_user: AsUser, name: Any) -> None:
    assert code(patch(as_user("auth"), {"displayName": name})) == (422, "validation-error")


def test_of_several_tenants_the_header_names_the_one_to_act_in(as_user: AsUser) -> None:
    one, other = unique("tenant"), unique("tenant")
    me = as_user("auth", **{one: "viewer", other: "owner"})
    assert me.get(ME).get_json()["roles"] == []
    assert me.get(ME, **{"X-Tenant-Id": other}).get_json()["roles"] == ["owner"]
    assert me.get(ME, **{"X-Tenant-Id": unique("tenant")}).get_json()["permissions"] == []


@pytest.mark.parametrize("tenant_id", ["a/b", "..", "__x__", "a b"])
def test_a_tenant_that_is_no_id_is_refused(as_user: AsUser, tenant_id: str) -> None:
    me = as_user("auth")
    assert code(me.get(ME, **{"X-Tenant-Id": tenant_id})) == (400, "invalid-request")
    wanted = {**READ, "tenantId": tenant_id}
    assert code(me.post(AUTHORIZE, wanted)) == (422, "validation-error")


def test_a_key_has_no_profile(with_key: WithKey, tenant: str) -> None:
    assert code(with_key("auth", tenant).get(ME)) == (403, "forbidden")
    assert code(patch(with_key("auth", tenant), {"displayName": "x"})) == (403, "forbidden")


@pytest.mark.parametrize(("role", "allowed"), [("viewer", True), ("no-such-role", False)])
def test_a_permission_is_decided(as_user: AsUser, tenant: str, role: str, allowed: bool) -> None:
    me = as_user("auth", **{tenant: role})
    for body in (READ, {**READ, "tenantId": tenant}):
        answer = me.post(AUTHORIZE, body)
        assert answer.status_code == 200
        assert answer.get_json()["allowed"] is allowed


def test_a_body_names_the_tenant_before_the_header_does(as_user: AsUser, tenant: str) -> None:
    me, foreign = as_user("auth", **{tenant: "viewer"}), unique("tenant")
    body, header = {**READ, "tenantId": foreign}, {"X_Tenant_Id": tenant}
    assert me.post(AUTHORIZE, body, **header).get_json()["allowed"] is False


def test_foreign_tenants_and_missing_ones_answer_alike(as_user: AsUser, with_key: WithKey) -> None:
    theirs = unique("tenant")
    as_user("auth", **{theirs: "owner"})
    for caller in (as_user("auth", **{unique("t"): "owner"}), with_key("auth", unique("t"))):
        answers = [
            caller.post(AUTHORIZE, {**READ, "tenantId": t}).get_json()
            for t in (theirs, unique("tenant"))
        ]
        assert answers[0] == answers[1]
        assert answers[0]["allowed"] is False


@pytest.mark.parametrize(
    "permission",
    ["", "*", "events", "events:event", "events:event:*", "a:b:c:d", "A:b:c", "a:b:c\n"],
)
def test_what_is_no_permission_is_refused(as_user: AsUser, permission: str) -> None:
    answer = as_user("auth").post(AUTHORIZE, {"permission": permission, "tenantId": "t"})
    assert code(answer) == (422, "validation-error")
    assert answer.get_json()["errors"][0]["pointer"] == "/permission"


def test_whoever_has_no_only_tenant_is_asked_to_name_one(as_user: AsUser) -> None:
    assert code(as_user("auth").post(AUTHORIZE, READ)) == (400, "invalid-request")
