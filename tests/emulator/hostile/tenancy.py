"""Rows 106 to 113: what is another tenant's, and who may do what in one's own."""

from collections.abc import Callable, Mapping
from typing import Any

from werkzeug.test import TestResponse

from tests.emulator.hostile.catalogue import (
    CONFLICT,
    FORBIDDEN,
    INVALID,
    MISSING,
    REFUSED,
    Send,
    case,
    each,
)
from tests.emulator.hostile.world import World, members
from tests.unit.entry.calls import code


@case(106, INVALID)
def a_cursor_of_another_tenant(world: World) -> TestResponse:
    owner, other = world.person(), world.person()
    mine, theirs = world.tenant(owner), world.tenant(other)
    for token in (world.person(), world.person()):
        world.join(theirs, token, "viewer")
    cursor = world.call("GET", f"{members(theirs)}?limit=1", token=other).get_json()["nextCursor"]
    return world.call("GET", f"{members(mine)}?cursor={cursor}", token=owner)


for asked in ("filter=tenant_id==other", "orderBy=tenantId", "tenantId=other"):

    def listing(world: World, asked: str = asked) -> TestResponse:
        owner = world.person()
        return world.call("GET", f"{members(world.tenant(owner))}?{asked}", token=owner)

    each(106, REFUSED, [(asked, listing)])

UNDECLARED = ("role", "tenant_id", "created_by", "is_admin", "__proto__", "permissions")


def undeclared(member: str, path: Callable[[str, str], tuple[str, str]], body: Any) -> Send:
    """One member too many, which is named; and nothing has changed."""

    def send(world: World) -> TestResponse:
        owner = world.person()
        tenant, me = world.tenant(owner), world.user_id(owner)
        before = world.call("GET", "/me", token=owner).get_json()
        method, where = path(tenant, me)
        answer = world.call(method, where, {**body, member: "owner"}, token=owner)
        assert [error["pointer"] for error in answer.get_json()["errors"]] == [f"/{member}"]
        assert world.call("GET", "/me", token=owner).get_json() == before
        return answer

    return send


for name in UNDECLARED:
    mine = undeclared(name, lambda _, __: ("PATCH", "/me"), {"displayName": "Eve"})
    put = undeclared(name, lambda t, me: ("PUT", members(t, me)), {"roles": ["owner"]})
    each(107, REFUSED, [(f"{name} of oneself", mine), (f"{name} of a member", put)])


@case(109, CONFLICT)
def the_last_owner_leaves(world: World) -> TestResponse:
    owner = world.person()
    path = members(world.tenant(owner), world.user_id(owner))
    assert code(world.call("PUT", path, {"roles": ["viewer"]}, token=owner)) == CONFLICT
    return world.call("DELETE", path, token=owner)


def a_role(body: Mapping[str, Any], *before: tuple[str, Mapping[str, Any]]) -> Send:
    def send(world: World) -> TestResponse:
        owner = world.person()
        roles = f"/tenants/{world.tenant(owner)}/roles"
        for name, earlier in before:
            answer = world.call("PUT", f"{roles}/{name}", earlier, token=owner)
            assert answer.status_code == 200
        return world.call("PUT", f"{roles}/a", body, token=owner)

    return send


CYCLE = a_role({"inherits": ["b"]}, ("a", {}), ("b", {"inherits": ["a"]}))
each(110, REFUSED, [("a circle", CYCLE), ("of itself", a_role({"inherits": ["a"]}))])
each(110, REFUSED, [("10,000", a_role({"permissions": ["events:event:read"] * 10_000}))])


@case(110, REFUSED)
def roles_fifty_deep(world: World) -> TestResponse:
    owner = world.person()
    roles = f"/tenants/{world.tenant(owner)}/roles"
    for depth in range(50):
        above: dict[str, Any] = {"inherits": [f"r{depth - 1}"]} if depth else {}
        answer = world.call("PUT", f"{roles}/r{depth}", above, token=owner)
        if answer.status_code != 200:
            return answer
    return answer


@case(112, MISSING)
def a_team_of_another_tenant(world: World) -> TestResponse:
    owner, other = world.person(), world.person()
    mine, theirs = world.tenant(owner), world.tenant(other)
    made = world.call("PUT", f"/tenants/{theirs}/teams/bar", {"name": "Bar"}, token=other)
    assert made.status_code == 200
    body = {"roles": ["owner"], "teams": ["bar"]}
    return world.call("PUT", members(mine, world.user_id(owner)), body, token=owner)


@case(113, FORBIDDEN)
def an_access_token_after_its_role_was_taken(world: World) -> TestResponse:
    """Taken elsewhere, and asked for within its life where it was remembered."""
    token = world.person()
    tenant, user = world.tenant(world.person()), world.user_id(token)
    world.join(tenant, token, "admin")
    given = world.session(token, tenant)["accessToken"]
    role = f"/tenants/{tenant}/roles/a"
    assert world.call("PUT", role, {}, token=given).status_code == 200
    world.another().hub.document(f"tenants/{tenant}/members/{user}").update({"roles": ["viewer"]})
    return world.call("PUT", role, {}, token=given)
