"""Who does not cross over, with status, code and error."""

from typing import Any

import pytest

from shared.auth.oauth import ACCESS_TYPE, CUSTOM_TYPE, ID_TYPE, TOKEN_EXCHANGE
from shared.wiring import Wiring
from tests.builders import claims, unique, unsigned_token
from tests.emulator.entry.clients import Client, WithKey
from tests.emulator.entry.crossing import (
    INTROSPECT,
    JWT_TYPE,
    SAML_TYPE,
    TOKEN,
    exchange,
    id_token,
    post,
    refused,
)
from tests.emulator.entry.sessions import bearing, delete

pytestmark = pytest.mark.usefixtures("nothing_told")
BAD_REQUESTS: dict[str, tuple[dict[str, str | None], str]] = {
    "no grant type": ({"grant_type": None}, "invalid_request"),
    "another grant type": ({"grant_type": "password"}, "unsupported_grant_type"),
    "no subject": ({"subject_token": None}, "invalid_request"),
    "an empty subject": ({"subject_token": ""}, "invalid_request"),
    "no subject type": ({"subject_token_type": None}, "invalid_request"),
    "unknown subject type": ({"subject_token_type": "x"}, "invalid_request"),
    "another subject type": ({"subject_token_type": ID_TYPE}, "invalid_request"),
    "a JWT wanted": ({"requested_token_type": JWT_TYPE}, "invalid_request"),
    "SAML wanted": ({"requested_token_type": SAML_TYPE}, "invalid_request"),
    "no audience": ({"audience": None}, "invalid_request"),
    "unknown audience": ({"audience": "demo-evil"}, "invalid_target"),
    "audience by its short name": ({"audience": "bo"}, "invalid_target"),
    "wider scope": ({"scope": "auth:member:write"}, "invalid_scope"),
    "unknown scope": ({"scope": "*"}, "invalid_scope"),
    "an actor": ({"actor_token": "x", "actor_token_type": "y"}, "invalid_request"),
    "a resource": ({"resource": "https://x.example"}, "invalid_request"),
    "garbage": ({"subject_token": "x"}, "invalid_request"),
    "a narrowed sign-in": (
        {"scope": "events:event:read", "requested_token_type": CUSTOM_TYPE},
        "invalid_scope",
    ),
}


@pytest.mark.parametrize(("changes", "error"), BAD_REQUESTS.values(), ids=BAD_REQUESTS.keys())
def test_a_bad_exchange_is_refused_and_may_be_asked_for_rightly(
    product: Client, given: dict[str, Any], changes: dict[str, str | None], error: str
) -> None:
    answer = exchange(product, given["accessToken"], **changes)
    assert refused(answer) == (400, "invalid-request", error)
    assert exchange(product, given["accessToken"]).status_code == 200


def test_a_refresh_token_is_no_subject(product: Client, given: dict[str, Any]) -> None:
    answer = exchange(product, given["refreshToken"])
    assert refused(answer) == (400, "invalid-request", "invalid_request")


def test_a_revoked_or_expired_or_anonymous_subject_is_refused(
    wiring: Wiring, product: Client, me: Client, given: dict[str, Any]
) -> None:
    delete(bearing(me, given), "/current")
    now = wiring.clock()
    expired = unsigned_token(claims(now, iat=int(now.timestamp()) - 3700, exp=1800))
    anonymous = unsigned_token(claims(now, firebase={"sign_in_provider": "anonymous"}))
    for token, kind in (
        (given["accessToken"], ACCESS_TYPE),
        (expired, ID_TYPE),
        (anonymous, ID_TYPE),
    ):
        answer = exchange(product, token, subject_token_type=kind)
        assert refused(answer) == (400, "invalid-request", "invalid_request")


def test_only_products_exchange(
    me: Client, given: dict[str, Any], with_key: WithKey, wiring: Wiring
) -> None:
    nobody = Client(me.function, {})
    assert refused(exchange(nobody, "x")) == (401, "missing-credentials", "invalid_client")
    bad = Client(me.function, {"X-API-Key": "hy_sk_dev_x"})
    assert refused(exchange(bad, "x")) == (401, "invalid-credentials", "invalid_client")
    for path in (TOKEN, INTROSPECT):
        answer = post(
            bearing(me, given),
            path,
            token="x",
            grant_type=TOKEN_EXCHANGE,
            subject_token="x",
            subject_token_type=ACCESS_TYPE,
            audience="demo-bo",
        )
        assert refused(answer) == (403, "forbidden", "unauthorized_client")


def test_no_product_of_another_tenant_exchanges(
    with_key: WithKey, given: dict[str, Any], me: Client
) -> None:
    foreign = with_key("auth", unique("tenant"))
    assert refused(exchange(foreign, given["accessToken"])) == (403, "forbidden", "access_denied")
    answer = exchange(foreign, id_token(me), subject_token_type=ID_TYPE)
    assert refused(answer) == (403, "forbidden", "access_denied")


def test_a_suspended_member_does_not_cross_over(
    wiring: Wiring, product: Client, given: dict[str, Any], tenant: str
) -> None:
    member = wiring.hub.document(f"tenants/{tenant}/members/{given['user']['userId']}")
    member.update({"status": "suspended"})
    answer = exchange(product, given["accessToken"])
    assert refused(answer) == (403, "forbidden", "access_denied")


def test_a_form_is_a_form(product: Client) -> None:
    path, key = product.function, product.credential
    answer = path.post(TOKEN, json={"grant_type": TOKEN_EXCHANGE}, headers=key)
    assert refused(answer) == (415, "unsupported-media-type", "invalid_request")
    kind = "application/x-www-form-urlencoded"
    for body in (b"token=a&token=b", b"token=%ff", b"&".join([b"a=b"] * 40)):
        answer = path.post(INTROSPECT, data=body, headers=key, content_type=kind)
        assert refused(answer) == (400, "invalid-request", "invalid_request")
    answer = path.post(f"{INTROSPECT}?token=x", data={"token": "x"}, headers=key)
    assert refused(answer) == (400, "invalid-request", "invalid_request")


def test_nobody_who_signed_out_crosses_over_where_they_are_remembered(
    wiring: Wiring, product: Client, me: Client
) -> None:
    """Here is remembered for ten seconds who has signed out on another instance."""
    token = id_token(me)
    elsewhere = Wiring(wiring.settings, wiring.clock)
    assert me.get("/me").status_code == 200
    elsewhere.session_list.end_all(elsewhere.auth.caller_with_token(token))
    assert me.get("/me").status_code == 200
    answer = exchange(product, token, subject_token_type=ID_TYPE)
    assert refused(answer) == (400, "invalid-request", "invalid_request")
