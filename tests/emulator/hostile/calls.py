"""Rows 115 to 128: payloads, paths, and what carries them."""

import json
from collections.abc import Callable

from werkzeug.test import TestResponse

from tests.builders import unique
from tests.emulator.hostile.catalogue import (
    ABSENT,
    INVALID,
    LARGE,
    MISSING,
    REFUSED,
    WELL,
    Expected,
    Send,
    case,
    each,
    plain,
)
from tests.emulator.hostile.world import World, members

UNSUPPORTED: Expected = (415, "unsupported-media-type")
METHOD: Expected = (405, "method-not-allowed")
EVIL = "evil.example"


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


MANY = {f"HTTP_X_{number}": "v" for number in range(200)}
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
