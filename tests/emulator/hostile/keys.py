"""Rows 85 to 97: API keys."""

from collections.abc import Callable
from typing import Any

import pytest
from werkzeug.test import TestResponse

from shared.auth import api_keys
from shared.auth.api_keys import make_key
from shared.auth.standing import REMEMBERED_SECONDS
from shared.kernel.errors import InvalidCredentials
from shared.platform.cache import Remembered
from tests.emulator.hostile.catalogue import (
    BAD,
    INVALID,
    LARGE,
    MISSING,
    Expected,
    Send,
    case,
    each,
)
from tests.emulator.hostile.world import World
from tests.unit.entry.calls import code

KEYS = "/api-keys"
GUESSES = 10_000
ASKED = {"permission": "events:event:read"}


def using(world: World, key: str) -> TestResponse:
    return world.call("POST", "/authorize", ASKED, key=key)


def key_id(key: str) -> str:
    return key.split("_")[3]


def with_key(text: str) -> Send:
    return lambda world: world.raw(HTTP_X_API_KEY=text)


def unread(environment: str, changes: Callable[[str], str] = str) -> Send:
    """A key that is refused without a read."""

    def send(world: World) -> TestResponse:
        key = changes(make_key(environment).text)
        with world.costing() as spent:
            answer = using(world, key)
        assert spent.calls == 0
        return answer

    return send


each(85, INVALID, [("k1, k2", with_key("k1, k2"))], "multiple_credentials")
SHAPES = {"é": "é", "a NUL": "hy_sk_\0", "a new line": "hy_sk_dev\r\nX-A: b", "nothing": " "}
each(86, BAD, [("é", with_key("é")), ("é behind", with_key("hy_sk_dev_é"))], "key_shape")
each(88, BAD, [("of production", unread("live"))], "key_environment")
each(97, BAD, [(name, with_key(text)) for name, text in SHAPES.items()], "key_shape")
each(97, BAD, [("10 kB", with_key("k" * 10_000))], "key_shape")
each(97, LARGE, [("40 kB", with_key("k" * 40_000))])
each(97, BAD, [("a bad checksum", unread("dev", lambda key: key[:-6] + "000000"))], "key_shape")


@case(88, BAD)
def a_local_key_in_production(world: World) -> Expected:
    local = make_key("dev").text
    assert api_keys.key_id(local, "dev")
    with pytest.raises(InvalidCredentials) as refused:
        api_keys.key_id(local, "live")
    assert refused.value.reason == "key_environment"
    return refused.value.status, refused.value.code


@case(89, BAD, "key_secret")
def ten_thousand_secrets_of_a_key_that_is_there(world: World) -> Expected:
    """Guesses cost next to no read, and its owner is not limited, wherever they call from."""
    key = world.key(world.tenant())
    call = world.at(world.another())
    assert call("POST", "/authorize", ASKED, key=key).status_code == 200
    guesses = [make_key("dev", key_id(key)).text for _ in range(20)]
    found = {code(call("GET", "/me", key=guesses[n % 20])) for n in range(GUESSES)}
    assert call("POST", "/authorize", ASKED, key=key).status_code == 200
    (one,) = found
    return one


@case(91, BAD, "key_ended")
def a_revoked_key_on_the_instance_that_revoked_it(world: World) -> TestResponse:
    owner = world.person()
    key = world.key(world.tenant(owner))
    assert using(world, key).status_code == 200
    assert world.call("DELETE", f"{KEYS}/{key_id(key)}", token=owner).status_code == 204
    return using(world, key)


@case(91, BAD, "key_ended")
def a_revoked_key_elsewhere_after_ten_seconds(world: World) -> TestResponse:
    owner, seconds = world.person(), [0.0]
    key, elsewhere = world.key(world.tenant(owner)), world.another()
    known = elsewhere.auth._known_keys
    known._known = Remembered(REMEMBERED_SECONDS, monotonic=lambda: seconds[0])
    call = world.at(elsewhere)
    assert call("POST", "/authorize", ASKED, key=key).status_code == 200
    assert world.call("DELETE", f"{KEYS}/{key_id(key)}", token=owner).status_code == 204
    assert using(world, key).status_code == 401
    seconds[0] = 10.1
    return call("POST", "/authorize", ASKED, key=key)


@case(92, BAD, "key_secret")
def a_secret_after_its_overlap(world: World) -> TestResponse:
    owner = world.person()
    wanted = {"name": "till", "product": "SMP", "scopes": ["events:event:read"]}
    tenant = world.tenant(owner)
    made = world.call("POST", KEYS, wanted | {"tenantId": tenant}, token=owner).get_json()
    turned = {"overlapSeconds": 0}
    again = world.call("POST", f"{KEYS}/{made['keyId']}/rotate", turned, token=owner)
    world.presented.add(again.get_json()["key"])
    assert using(world, again.get_json()["key"]).status_code == 200
    return using(world, made["key"])


def foreign(method: str, path: str, body: Any = None, header: bool = False) -> Send:
    """A key of one tenant on what is another's, named by path, body or header."""

    def send(world: World) -> TestResponse:
        mine, theirs = world.tenant(), world.tenant(world.person())
        stated = None if body is None else {**body, "tenantId": theirs}
        headers = {"X-Tenant-Id": theirs} if header else {}
        key = world.key(mine)
        return world.call(method, path.format(tenant=theirs), stated, key=key, **headers)

    return send


WANTED = {"name": "n", "product": "SMP", "scopes": ["events:event:read"]}
each(94, MISSING, [("by header", foreign("GET", KEYS, header=True))], "foreign_tenant")
each(94, MISSING, [("by body", foreign("POST", KEYS, WANTED))], "foreign_tenant")
each(94, MISSING, [("by path", foreign("GET", "/tenants/{tenant}/members"))], "foreign_tenant")


def exposed(send: Callable[[World, str, str], TestResponse]) -> Send:
    """A key out of its place, which its tenant's audit tells of."""

    def sent(world: World) -> TestResponse:
        owner = world.person()
        key = world.key(world.tenant(owner))
        answer = send(world, key, owner)
        entries = world.call("GET", "/audit", token=owner).get_json()["items"]
        assert "api-key.exposed" in [entry["action"] for entry in entries]
        return answer

    return sent


EXPOSED: dict[str, Callable[[World, str, str], TestResponse]] = {
    "in the path": lambda world, key, owner: world.call("DELETE", f"{KEYS}/{key}", token=owner),
    "in the query": lambda world, key, owner: world.call(
        "GET", f"{KEYS}?cursor={key}", token=owner
    ),
    "in a body": lambda world, key, owner: world.call(
        "POST", KEYS, {**WANTED, "name": key}, token=owner
    ),
}
each(95, INVALID, [(name, exposed(send)) for name, send in EXPOSED.items()], "exposed_key")
