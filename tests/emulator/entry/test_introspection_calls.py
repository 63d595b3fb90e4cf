"""What products are told that a token is worth."""

from typing import Any

import pytest

from shared.auth.models import Member
from shared.auth.permissions import OWN, VIEWER
from shared.wiring import Wiring
from tests.builders import unique
from tests.emulator.entry.clients import Client, WithKey
from tests.emulator.entry.crossing import INACTIVE, id_token, introspect
from tests.emulator.entry.sessions import bearing, delete

pytestmark = pytest.mark.usefixtures("nothing_told")


def test_a_good_token_is_introspected(
    product: Client, given: dict[str, Any], tenant: str, with_key: WithKey
) -> None:
    found = introspect(product, given["accessToken"])
    assert found == introspect(with_key("auth", None), given["accessToken"])
    assert found["active"] is True
    assert (found["sub"], found["aud"], found["tid"]) == (
        given["user"]["userId"],
        "demo-app",
        tenant,
    )
    assert set(found["scope"].split()) == VIEWER | OWN
    assert {"iss", "client_id", "exp", "iat", "jti", "sid", "token_type"} < set(found)


def test_anything_bad_is_introspected_alike(
    product: Client, me: Client, given: dict[str, Any], with_key: WithKey
) -> None:
    bad = ["x", "é", "a.b.c", given["refreshToken"], id_token(me), given["accessToken"] + "x"]
    bad += ["x" * 100_000]
    assert [introspect(product, token) for token in bad] == [INACTIVE] * len(bad)
    assert introspect(with_key("auth", unique("tenant")), given["accessToken"]) == INACTIVE
    delete(bearing(me, given), "/current")
    assert introspect(product, given["accessToken"]) == INACTIVE


def test_what_a_token_may_do_is_told_of_the_tenant_that_is_named(
    wiring: Wiring, given: dict[str, Any], with_key: WithKey
) -> None:
    """A viewer of one tenant, who owns another, is told to the other's product as its owner."""
    other = unique("tenant")
    wiring.tenants.put_member(Member(other, given["user"]["userId"], ("owner",)))
    found = introspect(with_key("auth", other), given["accessToken"])
    assert (found["tid"], "auth:owner:write" in found["scope"].split()) == (other, True)
