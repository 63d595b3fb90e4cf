"""Members over HTTP: nobody gives more than they have, and an owner stays."""

from concurrent.futures import ThreadPoolExecutor

import pytest

from shared.wiring import Wiring
from tests.builders import unique
from tests.emulator.entry.clients import CONFLICT, FORBIDDEN, MISSING, REFUSED, AsUser, WithKey
from tests.emulator.entry.members import pointers, put
from tests.emulator.entry.people import Tenant, id_of, peopled
from tests.unit.entry.calls import code

ROLES = ("owner", "admin", "editor", "viewer")


@pytest.fixture
def tenant(wiring: Wiring, as_user: AsUser) -> Tenant:
    return peopled(wiring, as_user, *ROLES)


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
    assert code(platform.get(nowhere.rpartition("/")[0])) == MISSING


@pytest.mark.parametrize(
    "more", ["role", "tenantId", "createdBy", "isAdmin", "permissions", "version", "suspended"]
)
def test_a_member_has_no_members_that_nobody_declared(tenant: Tenant, more: str) -> None:
    path = tenant.at("members", tenant.ids["viewer"])
    answer = put(tenant.who["owner"], path, {"roles": ["viewer"], more: "owner"})
    assert (code(answer), pointers(answer)) == (REFUSED, [f"/{more}"])
    assert tenant.who["owner"].get(path).get_json()["version"] == 1


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
