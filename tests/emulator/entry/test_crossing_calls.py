"""Crossing over as products ask for it: each row with status, code and error."""

from concurrent.futures import ThreadPoolExecutor
from typing import Any

import jwt
import pytest
from werkzeug.test import TestResponse

from shared.auth.models import Member
from shared.auth.oauth import ACCESS_TYPE, CUSTOM_TYPE, ID_TYPE
from shared.auth.permissions import OWN, VIEWER
from shared.wiring import Wiring
from tests.builders import unique
from tests.emulator.entry.clients import Client
from tests.emulator.entry.crossing import exchange, id_token, refused, user_id
from tests.emulator.entry.sessions import bearing, delete
from tests.unit.entry.calls import code

pytestmark = pytest.mark.usefixtures("nothing_told")


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
