"""Roles and teams over HTTP: what they give at once, and when they may go."""

from typing import Any

import pytest

from shared.wiring import Wiring
from tests.emulator.entry.clients import CONFLICT, FORBIDDEN, MISSING, REFUSED, AsUser, WithKey
from tests.emulator.entry.members import pointers, put
from tests.emulator.entry.people import Tenant, peopled
from tests.unit.entry.calls import code

ROLES = ("owner", "admin", "editor", "viewer")


@pytest.fixture
def tenant(wiring: Wiring, as_user: AsUser) -> Tenant:
    return peopled(wiring, as_user, *ROLES)


def test_a_custom_role_decides_and_says_so(tenant: Tenant) -> None:
    owner, viewer = tenant.who["owner"], tenant.who["viewer"]
    role = put(
        owner,
        tenant.at("roles", "waiter"),
        {"permissions": ["events:event:emit", "!tokens:balance:read"], "inherits": ["viewer"]},
    )
    assert (role.status_code, role.get_json()["version"]) == (200, 1)
    put(owner, tenant.at("members", tenant.ids["viewer"]), {"roles": ["waiter"]})
    asked = {"tenantId": tenant.name}
    found = {
        name: viewer.send("POST", "/api/v1/auth/authorize", asked | {"permission": name}).get_json()
        for name in ("events:event:emit", "tokens:balance:read", "auth:member:write")
    }
    assert found["events:event:emit"] == {"allowed": True, "rule": "role:waiter", "roleVersion": 3}
    assert found["tokens:balance:read"]["rule"] == "deny:waiter"
    assert found["auth:member:write"]["rule"] == "default-deny"
    me = viewer.get("/api/v1/auth/me").get_json()
    assert "events:event:emit" in me["permissions"]
    assert "tokens:balance:read" not in me["permissions"]


def test_a_role_that_changes_changes_for_its_members_at_once(tenant: Tenant) -> None:
    owner, viewer = tenant.who["owner"], tenant.who["viewer"]
    role = tenant.at("roles", "clerk")
    put(owner, role, {"inherits": ["viewer"], "permissions": ["auth:member:write"]})
    put(owner, tenant.at("members", tenant.ids["viewer"]), {"roles": ["clerk"]})
    mine = tenant.at("members", tenant.ids["viewer"])
    assert put(viewer, mine, {"roles": ["clerk"]}).status_code == 200
    put(owner, role, {"inherits": ["viewer"]})
    assert code(put(viewer, mine, {"roles": ["clerk"]})) == FORBIDDEN


def test_a_role_that_was_taken_ends_on_another_instance_at_once_where_it_matters(
    wiring: Wiring, tenant: Tenant
) -> None:
    """What the instance that answers has remembered is not asked."""
    editor, path = tenant.who["editor"], tenant.at("members", tenant.ids["editor"])
    tenant.who["owner"].send("PUT", path, {"roles": ["admin"]})
    assert put(editor, tenant.at("roles", "a"), {}).status_code == 200
    elsewhere = wiring.hub.document(f"tenants/{tenant.name}/members/{tenant.ids['editor']}")
    elsewhere.update({"roles": ["editor"]})
    assert code(put(editor, tenant.at("roles", "a"), {})) == FORBIDDEN
    elsewhere.delete()
    assert code(put(editor, tenant.at("roles", "a"), {})) == MISSING


WRONG: dict[str, tuple[Any, list[str]]] = {
    "an unknown permission": ({"permissions": ["no:such:thing"]}, ["/permissions/0"]),
    "a wildcard": ({"permissions": ["events:*:read"]}, ["/permissions/0"]),
    "an unknown parent": ({"inherits": ["ghost"]}, ["/inherits/0"]),
    "itself": ({"inherits": ["odd"]}, ["/inherits"]),
    "too many": ({"permissions": ["events:event:read"] * 10_000}, ["/permissions"]),
    "a version": ({"version": 3}, ["/version"]),
    "a prototype": ({"__proto__": {}}, ["/__proto__"]),
}


@pytest.mark.parametrize(("body", "named"), WRONG.values(), ids=WRONG.keys())
def test_a_role_that_makes_no_sense_is_refused_by_name(
    tenant: Tenant, body: Any, named: list[str]
) -> None:
    answer = put(tenant.who["owner"], tenant.at("roles", "odd"), body)
    assert (code(answer), pointers(answer)) == (REFUSED, named)
    assert code(tenant.who["owner"].get(tenant.at("roles", "odd"))) == MISSING


def test_roles_that_name_each_other_are_refused(tenant: Tenant) -> None:
    owner = tenant.who["owner"]
    put(owner, tenant.at("roles", "a"), {})
    put(owner, tenant.at("roles", "b"), {"inherits": ["a"]})
    assert code(put(owner, tenant.at("roles", "a"), {"inherits": ["b"]})) == REFUSED
    assert owner.get(tenant.at("roles", "a")).get_json()["inherits"] == []


def test_a_role_that_somebody_has_stays_until_nobody_has(tenant: Tenant) -> None:
    owner, role = tenant.who["owner"], tenant.at("roles", "waiter")
    member = tenant.at("members", tenant.ids["viewer"])
    put(owner, role, {})
    put(owner, member, {"roles": ["viewer", "waiter"]})
    assert code(owner.delete(role)) == CONFLICT
    put(owner, member, {"roles": ["viewer"]})
    assert owner.delete(role).status_code == 204
    assert code(put(owner, member, {"roles": ["waiter"]})) == REFUSED


def test_roles_and_teams_are_listed_in_pages(tenant: Tenant) -> None:
    owner = tenant.who["owner"]
    put(owner, tenant.at("roles", "waiter"), {"inherits": ["viewer"]})
    put(owner, tenant.at("teams", "bar"), {"name": "Bar", "roles": ["waiter"]})
    first = owner.get(tenant.at("roles") + "?limit=3").get_json()
    rest = owner.get(tenant.at("roles") + f"?limit=3&cursor={first['nextCursor']}").get_json()
    listed = [item["roleId"] for item in first["items"] + rest["items"]]
    assert listed == [*ROLES, "waiter"]
    assert rest["nextCursor"] is None
    teams = owner.get(tenant.at("teams")).get_json()["items"]
    assert teams == [{"teamId": "bar", "name": "Bar", "roles": ["waiter"], "version": 1}]
    assert owner.get(tenant.at("teams", "bar")).get_json() == teams[0]
    assert owner.get(tenant.at("roles", "owner")).get_json()["builtIn"]


def test_a_team_gives_its_roles_and_stays_while_somebody_is_in_it(tenant: Tenant) -> None:
    owner, viewer = tenant.who["owner"], tenant.who["viewer"]
    team, member = tenant.at("teams", "bar"), tenant.at("members", tenant.ids["viewer"])
    put(owner, team, {"name": "Bar", "roles": ["editor"]})
    assert put(owner, member, {"roles": [], "teams": ["bar"]}).get_json()["teams"] == ["bar"]
    assert put(owner, member, {"roles": ["viewer"]}).get_json()["teams"] == ["bar"]
    asked = {"permission": "events:event:emit", "tenantId": tenant.name}
    decided = viewer.send("POST", "/api/v1/auth/authorize", asked).get_json()
    assert (decided["allowed"], decided["rule"]) == (True, "team:bar")
    assert code(owner.delete(team)) == CONFLICT
    put(owner, member, {"roles": ["viewer"], "teams": []})
    assert owner.delete(team).status_code == 204


def test_a_team_of_another_tenant_is_not_there(
    wiring: Wiring, tenant: Tenant, as_user: AsUser
) -> None:
    other = peopled(wiring, as_user, "owner")
    put(other.who["owner"], other.at("teams", "theirs"), {"name": "Theirs"})
    member = tenant.at("members", tenant.ids["viewer"])
    answers = [
        put(tenant.who["owner"], member, {"roles": ["viewer"], "teams": [team]})
        for team in ("theirs", "nobodys")
    ]
    assert {code(answer) for answer in answers} == {MISSING}
    assert len({answer.get_json()["detail"] for answer in answers}) == 1


def test_a_custom_role_is_worth_the_same_in_a_token(tenant: Tenant, with_key: WithKey) -> None:
    owner, viewer = tenant.who["owner"], tenant.who["viewer"]
    role = {"permissions": ["events:event:emit", "!tokens:balance:read"], "inherits": ["viewer"]}
    put(owner, tenant.at("roles", "waiter"), role)
    put(owner, tenant.at("members", tenant.ids["viewer"]), {"roles": ["waiter"]})
    wanted = {"audience": "demo-app", "tenantId": tenant.name}
    begun = viewer.send("POST", "/api/v1/auth/sessions", wanted).get_json()
    product = with_key("auth", tenant.name, "demo-app")
    found = product.function.post(
        "/api/v1/auth/introspect",
        data={"token": begun["accessToken"]},
        headers=product.credential,
    )
    scope = found.get_json()["scope"].split()
    assert "events:event:emit" in scope
    assert "auth:member:write" not in scope
