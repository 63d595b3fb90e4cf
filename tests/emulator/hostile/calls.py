"""Rows 106 to 128: tenants of others, payloads, paths, and what carries them."""

import json
from collections.abc import Callable, Mapping
from typing import Any

from werkzeug.test import TestResponse

from tests.builders import unique
from tests.emulator.hostile.catalogue import (
    CONFLICT,
    FORBIDDEN,
    INVALID,
    MISSING,
    REFUSED,
    WELL,
    Expected,
    Send,
    case,
    each,
)
from tests.emulator.hostile.world import World
from tests.unit.entry.calls import code

UNSUPPORTED: Expected = (415, "unsupported-media-type")
METHOD: Expected = (405, "method-not-allowed")
ABSENT: Expected = (401, "missing-credentials")
EVIL = "evil.example"


def members(tenant: str, *more: str) -> str:
    return "/".join((f"/tenants/{tenant}/members", *more))


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


UNSAFE = {".": ".", "..": "..", "__id__": "__id__", "1501 bytes": "x" * 1501}


def unsafe(text: str, by: str) -> Send:
    def send(world: World) -> TestResponse:
        token = world.person()
        if by == "header":
            return world.call("GET", "/api-keys", token=token, X_Tenant_Id=text)
        return world.raw(members(text), HTTP_AUTHORIZATION=f"Bearer {token}")

    return send


for name, text in UNSAFE.items():
    cases = [(f"{name} by {by}", unsafe(text, by)) for by in ("header", "path")]
    each(115, INVALID, cases, "unsafe_id")
each(115, INVALID, [("a/b by header", unsafe("a/b", "header"))], "unsafe_id")

BODIES: dict[str, bytes] = {
    "truncated": b'{"permission": "events',
    "UTF-16": '{"permission": "events:event:read"}'.encode("utf-16"),
    "invalid UTF-8": b'{"permission": "\xff"}',
    "a BOM": b'\xef\xbb\xbf{"permission": "events:event:read"}',
}
ROOTS = {"a list": b"[]", "null": b"null", "a text": b'"x"', "a number": b"1"}
TYPES = ("text/plain", "", "application/json; charset=utf-16", "multipart/form-data; boundary=x")


def sending(body: bytes, kind: str = "application/json") -> Send:
    def send(world: World) -> TestResponse:
        token = world.person()
        return world.call("POST", "/authorize", body, token=token, Content_Type=kind)

    return send


each(116, INVALID, [(name, sending(body)) for name, body in BODIES.items()])
each(118, REFUSED, [(name, sending(body)) for name, body in ROOTS.items()])
for kind in TYPES:
    each(119, UNSUPPORTED, [(kind or "none", sending(b"{}", kind))], "content_type")


def plain(**environ: str) -> Send:
    return lambda world: world.raw(**environ)


MANY = {f"HTTP_X_{number}": "v" for number in range(200)}
LARGE: Expected = (431, "headers-too-large")
each(121, (414, "uri-too-long"), [("16 kB", lambda world: world.raw("/" + "b" * 16_000))], "uri")
each(121, LARGE, [("200 headers", plain(**MANY))], "headers")
each(121, LARGE, [("a cookie of 64 kB", plain(HTTP_COOKIE="a=" + "b" * 65_536))], "headers")


def method(name: str) -> Send:
    def send(world: World) -> TestResponse:
        answer = world.raw(method=name)
        assert answer.headers["Allow"] == "GET, PATCH"
        return answer

    return send


each(122, METHOD, [(name, method(name)) for name in ("TRACE", "FOO", "CONNECT", "DELETE")])
each(122, ABSENT, [("an override", plain(HTTP_X_HTTP_METHOD_OVERRIDE="DELETE"))])


def hosted(**environ: str) -> Send:
    """Said to be another host: no answer repeats it, nor leads there."""

    def send(world: World) -> TestResponse:
        token = world.person()
        answer = world.raw(HTTP_AUTHORIZATION=f"Bearer {token}", **environ)
        keys = world.raw("/jwks", **environ)
        for each_ in (answer, keys, world.raw("/nothing", **environ)):
            assert EVIL not in each_.get_data(as_text=True) + str(each_.headers)
        return answer

    return send


each(124, WELL, [("another host", hosted(HTTP_HOST=EVIL))])
each(124, WELL, [("forwarded", hosted(HTTP_X_FORWARDED_HOST=EVIL, HTTP_FORWARDED=f"host={EVIL}"))])
each(124, INVALID, [("two hosts", hosted(HTTP_HOST=f"{EVIL},localhost"))], "hosts")


@case(125, (429, "quota-exceeded"), "quota_failures")
def an_address_that_is_said_to_be_another(world: World) -> TestResponse:
    """What counts is the hop that the platform appended, behind whatever a caller made up."""
    call = world.at(world.another(HYPHAE_RATE_LIMITS='{"failures": 3}'))
    for number in range(4):
        hops = f"1.2.3.{number}, 203.0.113.7"
        answer = call("GET", "/me", token="x", **{"X-Forwarded-For": hops})
    honest = call("GET", "/me", token="x", **{"X-Forwarded-For": "203.0.113.8"})
    assert honest.status_code == 401
    return answer


FORGED = '\r\n{"severity":"INFO","message":"request","path":"forged"}\x1b[31m}{"severity":"INFO"'


@case(127, ABSENT)
def a_log_line_in_a_header(world: World) -> TestResponse:
    return world.raw(HTTP_USER_AGENT=FORGED, HTTP_X_REQUEST_ID=FORGED, HTTP_TRACEPARENT=FORGED)


def addressed(text: str) -> Send:
    return lambda world: world.raw(members(text), HTTP_AUTHORIZATION=f"Bearer {world.person()}")


each(127, MISSING, [("lines in an address", addressed(FORGED))], "framework")
each(127, INVALID, [("a line in an address", addressed(FORGED.strip()))], "unsafe_id")


SCRIPT = "<script>alert(1)</script>"


def scripted(send: Callable[[World, str], TestResponse]) -> Send:
    """What is repeated of it is JSON, and read as nothing else."""

    def sent(world: World) -> TestResponse:
        answer = send(world, world.person())
        assert answer.headers["X-Content-Type-Options"] == "nosniff"
        assert answer.content_type == "application/problem+json"
        assert SCRIPT not in str(answer.headers)
        json.loads(answer.get_data())
        return answer

    return sent


def _member_named_so(world: World, token: str) -> TestResponse:
    return world.call("PATCH", "/me", {SCRIPT: 1}, token=token)


def _request_named_so(world: World, token: str) -> TestResponse:
    return world.call("GET", f"/{unique('nothing')}", token=token, X_Request_Id=SCRIPT)


each(128, REFUSED, [("in a member", scripted(_member_named_so))])
each(128, MISSING, [("in the request's id", scripted(_request_named_so))])
