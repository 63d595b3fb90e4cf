"""Members, roles and teams over HTTP: nobody gives more than they have, and an owner stays."""

from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest

from shared.wiring import Wiring
from tests.builders import unique
from tests.emulator.entry.conftest import Client
from tests.emulator.entry.people import AsUser, Tenant, WithKey, id_of, peopled
from tests.unit.entry.calls import code

ROLES = ("owner", "admin", "editor", "viewer")
FORBIDDEN, MISSING, CONFLICT = (403, "forbidden"), (404, "not-found"), (409, "conflict")
REFUSED = (422, "validation-error")


@pytest.fixture
def tenant(wiring: Wiring, as_user: AsUser) -> Tenant:
    return peopled(wiring, as_user, *ROLES)


def put(client: Client, path: str, body: Any) -> Any:
    return client.send("PUT", path, body)


def pointers(answer: Any) -> list[str]:
    return [error["pointer"] for error in answer.get_json()["errors"]]


def test_a_member_is_put_changed_and_removed(tenant: Tenant, as_user: AsUser) -> None:
    newcomer = as_user("auth")
    path = tenant.at("members", id_of(newcomer))
    owner = tenant.who["owner"]
    first = put(owner, path, {"roles": ["viewer"]})
    assert (first.status_code, first.get_json()["roles"]) == (200, ["viewer"])
    assert put(owner, path, {"roles": ["viewer"]}).get_json() == first.get_json()
    assert put(owner, path, {"roles": ["editor"]}).get_json()["version"] == 2
    assert owner.get(path).get_json()["roles"] == ["editor"]
    assert newcomer.get(tenant.at("members")).status_code == 200
    assert owner.delete(path).status_code == 204
    assert code(owner.get(path)) == code(owner.delete(path)) == MISSING


def test_members_are_listed_in_pages_that_are_this_tenants_alone(
    wiring: Wiring, tenant: Tenant, as_user: AsUser
) -> None:
    viewer, seen, cursor = tenant.who["viewer"], [], None
    for _ in range(3):
        query = f"?limit=2&cursor={cursor}" if cursor else "?limit=2"
        page = viewer.get(tenant.at("members") + query).get_json()
        seen += [item["userId"] for item in page["items"]]
        cursor = page["nextCursor"] or cursor
        if page["nextCursor"] is None:
            break
    assert seen == sorted(tenant.ids.values())
    other = peopled(wiring, as_user, "viewer")
    foreign = other.who["viewer"].get(other.at("members") + f"?cursor={cursor}")
    assert code(foreign) == (400, "invalid-request")


def test_a_user_who_is_not_there_becomes_no_member(tenant: Tenant) -> None:
    path = tenant.at("members", unique("nobody"))
    assert code(put(tenant.who["owner"], path, {"roles": ["viewer"]})) == MISSING


def test_the_last_owner_stays(tenant: Tenant) -> None:
    owner = tenant.who["owner"]
    me = tenant.at("members", tenant.ids["owner"])
    assert code(owner.delete(me)) == CONFLICT
    assert code(put(owner, me, {"roles": ["admin"]})) == CONFLICT
    second = tenant.at("members", tenant.ids["viewer"])
    assert put(owner, second, {"roles": ["owner"]}).status_code == 200
    assert owner.delete(me).status_code == 204


def test_an_owner_who_is_suspended_is_none_to_stay(
    wiring: Wiring, tenant: Tenant, as_user: AsUser
) -> None:
    idle = id_of(as_user("auth", **{tenant.name: "owner"}))
    wiring.hub.document(f"tenants/{tenant.name}/members/{idle}").update({"status": "suspended"})
    assert code(tenant.who["owner"].delete(tenant.at("members", tenant.ids["owner"]))) == CONFLICT


def test_two_owners_who_leave_at_once_do_not_both(wiring: Wiring, as_user: AsUser) -> None:
    tenant = peopled(wiring, as_user, "owner")
    other = as_user("auth", **{tenant.name: "owner"})
    mine, theirs = (tenant.at("members", each) for each in (tenant.ids["owner"], id_of(other)))
    with ThreadPoolExecutor(2) as pool:
        answers = pool.map(
            lambda each: each[0].delete(each[1]), [(other, mine), (tenant.who["owner"], theirs)]
        )
    assert sum(answer.status_code == 204 for answer in answers) == 1


def test_nobody_gives_or_takes_what_they_have_not(tenant: Tenant, as_user: AsUser) -> None:
    admin = tenant.who["admin"]
    mine, owners, newcomer = (
        tenant.at("members", each)
        for each in (tenant.ids["admin"], tenant.ids["owner"], id_of(as_user("auth")))
    )
    for path, roles in ((mine, ["owner"]), (owners, ["viewer"]), (newcomer, ["viewer", "owner"])):
        assert code(put(admin, path, {"roles": roles})) == FORBIDDEN
    assert code(admin.delete(owners)) == FORBIDDEN
    role = tenant.at("roles", "boss")
    assert code(put(admin, role, {"permissions": ["auth:tenant:delete"]})) == FORBIDDEN
    assert code(put(admin, role, {"inherits": ["owner"]})) == FORBIDDEN
    assert code(put(admin, role, {"permissions": ["!auth:owner:write"]})) == FORBIDDEN
    assert put(admin, newcomer, {"roles": ["admin"]}).status_code == 200


def test_a_key_of_the_platform_makes_the_first_owner(
    wiring: Wiring, as_user: AsUser, with_key: WithKey
) -> None:
    tenant = peopled(wiring, as_user)
    first = tenant.at("members", id_of(as_user("auth")))
    platform = with_key("auth", None)
    assert put(platform, first, {"roles": ["owner"]}).status_code == 200
    nowhere = f"/api/v1/auth/tenants/{unique('nowhere')}/members/x"
    assert code(put(platform, nowhere, {"roles": ["owner"]})) == MISSING


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


@pytest.mark.parametrize(
    "more", ["role", "tenantId", "createdBy", "isAdmin", "permissions", "version", "suspended"]
)
def test_a_member_has_no_members_that_nobody_declared(tenant: Tenant, more: str) -> None:
    path = tenant.at("members", tenant.ids["viewer"])
    answer = put(tenant.who["owner"], path, {"roles": ["viewer"], more: "owner"})
    assert (code(answer), pointers(answer)) == (REFUSED, [f"/{more}"])
    assert tenant.who["owner"].get(path).get_json()["version"] == 1


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


def test_changes_at_once_lose_none_of_them_and_no_entry(tenant: Tenant, as_user: AsUser) -> None:
    owner = tenant.who["owner"]
    newcomers = [id_of(as_user("auth")) for _ in range(6)]
    with ThreadPoolExecutor(6) as pool:
        answers = list(
            pool.map(
                lambda each: put(owner, tenant.at("members", each), {"roles": ["viewer"]}),
                newcomers,
            )
        )
    assert {answer.status_code for answer in answers} == {200}
    entries = owner.get("/api/v1/auth/audit?limit=100").get_json()["items"]
    assert {entry["target"] for entry in entries} >= set(newcomers)
    assert len(entries) == 6
    assert owner.post("/api/v1/auth/audit/verify").get_json() == {
        "valid": True,
        "entries": 6,
        "brokenAt": None,
    }


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
