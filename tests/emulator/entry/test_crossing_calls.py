"""Crossing over as products ask for it: each row with status, code and error."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import jwt
import pytest
from werkzeug.test import TestResponse

from shared.auth.models import Member
from shared.auth.oauth import ACCESS_TYPE, CUSTOM_TYPE, ID_TYPE, TOKEN_EXCHANGE
from shared.auth.permissions import OWN, VIEWER
from shared.wiring import Wiring
from tests.builders import claims, unique, unsigned_token
from tests.emulator.entry.conftest import Client
from tests.emulator.entry.crossing import (
    INTROSPECT,
    JWT_TYPE,
    SAML_TYPE,
    TOKEN,
    exchange,
    id_token,
    post,
    refused,
    user_id,
)
from tests.emulator.entry.sessions import bearing, delete
from tests.unit.entry.calls import code

pytestmark = pytest.mark.usefixtures("nothing_told")
AsUser = Callable[..., Client]
WithKey = Callable[[str, str | None], Client]


def test_a_token_crosses_over(product: Client, me: Client, given: dict[str, Any]) -> None:
    answer = exchange(product, given["accessToken"])
    assert (answer.status_code, answer.headers["Cache-Control"]) == (200, "no-store")
    crossed = answer.get_json()
    assert set(crossed) == {
        "access_token",
        "issued_token_type",
        "token_type",
        "expires_in",
        "scope",
    }
    assert (crossed["issued_token_type"], crossed["token_type"]) == (ACCESS_TYPE, "Bearer")
    assert 0 < crossed["expires_in"] <= 300
    assert set(crossed["scope"].split()) == VIEWER | OWN
    stated = jwt.decode(crossed["access_token"], options={"verify_signature": False})
    assert (stated["aud"], stated["sub"], stated["sid"]) == (
        "demo-bo",
        given["user"]["userId"],
        given["sessionId"],
    )
    assert stated["act"]["sub"].startswith("key:")
    assert bearing(me, {"accessToken": crossed["access_token"]}).get("/me").status_code == 200


def test_an_id_token_crosses_over_too(product: Client, me: Client) -> None:
    answer = exchange(product, id_token(me), subject_token_type=ID_TYPE)
    stated = jwt.decode(answer.get_json()["access_token"], options={"verify_signature": False})
    assert (stated["aud"], stated["sub"]) == ("demo-bo", user_id(me))
    assert "sid" not in stated


def test_what_crossed_lives_no_longer_than_what_it_came_from(
    product: Client, given: dict[str, Any]
) -> None:
    stated = jwt.decode(given["accessToken"], options={"verify_signature": False})
    crossed = exchange(product, given["accessToken"]).get_json()["access_token"]
    again = exchange(product, crossed, audience="demo-ai").get_json()["access_token"]
    later = jwt.decode(again, options={"verify_signature": False})
    assert later["exp"] <= stated["exp"]
    assert later["act"]["act"]["sub"] == later["act"]["sub"]


def test_it_crosses_over_and_over_but_not_without_end(
    product: Client, given: dict[str, Any]
) -> None:
    token = given["accessToken"]
    for _ in range(4):
        token = exchange(product, token).get_json()["access_token"]
    assert refused(exchange(product, token)) == (400, "invalid-request", "invalid_request")


def test_a_narrowed_token_does_no_more_than_it_says(
    product: Client, me: Client, given: dict[str, Any], tenant: str
) -> None:
    scope = "events:event:read"
    narrow = exchange(product, given["accessToken"], scope=scope).get_json()
    assert narrow["scope"] == scope
    held = bearing(me, {"accessToken": narrow["access_token"]})
    for permission, allowed in ((scope, True), ("sync:status:read", False)):
        body = {"permission": permission, "tenantId": tenant}
        assert held.post("/authorize", body).get_json()["allowed"] is allowed
    assert code(held.get("/sessions")) == (403, "insufficient-scope")
    assert code(delete(held)) == (403, "insufficient-scope")
    wider = exchange(product, narrow["access_token"], scope=f"{scope} sync:status:read")
    assert refused(wider) == (400, "invalid-request", "invalid_scope")


def test_a_narrowed_token_acts_in_its_tenant_alone(
    wiring: Wiring, product: Client, me: Client, given: dict[str, Any]
) -> None:
    other = unique("tenant")
    wiring.tenants.put_member(Member(other, given["user"]["userId"], ("owner",)))
    crossed = exchange(product, given["accessToken"]).get_json()["access_token"]
    held = bearing(me, {"accessToken": crossed})
    body = {"permission": "events:event:read", "tenantId": other}
    assert held.post("/authorize", body).get_json()["allowed"] is False
    assert me.post("/authorize", body).get_json()["allowed"] is True


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


@pytest.mark.parametrize("requested", [None, CUSTOM_TYPE])
def test_a_token_crosses_once_also_of_twenty_at_once(
    product: Client, given: dict[str, Any], requested: str | None
) -> None:
    def cross(_: int) -> TestResponse:
        return exchange(product, given["accessToken"], requested_token_type=requested)

    with ThreadPoolExecutor(20) as threads:
        answers = list(threads.map(cross, range(20)))
    assert sorted(answer.status_code for answer in answers) == [200] + [400] * 19
    again = exchange(product, given["accessToken"], requested_token_type=requested)
    assert refused(again) == (400, "invalid-request", "invalid_request")
    elsewhere = exchange(product, given["accessToken"], audience="demo-ai")
    assert elsewhere.status_code == 200


def test_an_id_token_crosses_once_too(product: Client, me: Client) -> None:
    codes = [
        exchange(product, id_token(me), subject_token_type=ID_TYPE).status_code for _ in range(2)
    ]
    assert codes == [200, 400]


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
