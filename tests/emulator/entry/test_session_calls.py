"""The calls of sessions as a client makes them: each row of the catalogue with status and code."""

from collections.abc import Callable
from typing import Any

import pytest
from flask.testing import FlaskClient

from shared.wiring import Wiring
from tests.builders import unique
from tests.emulator.entry.clients import AsUser, Client, WithKey
from tests.emulator.entry.sessions import AUDIENCE, GIVEN, SESSIONS, bearing, begin, delete, refresh
from tests.unit.entry.calls import code

pytestmark = pytest.mark.usefixtures("nothing_told")
ME = "/api/v1/auth/me"


def test_a_sign_in_becomes_a_session(as_user: AsUser, tenant: str) -> None:
    me = as_user("auth", **{tenant: "editor"})
    given = begin(me)
    assert set(given) == GIVEN
    assert (given["tokenType"], given["expiresIn"], given["refreshExpiresIn"]) == (
        "Bearer",
        300,
        604800,
    )
    assert set(given["user"]) == {"userId", "email", "displayName", "roles"}
    assert given["user"]["roles"] == ["editor"]
    assert bearing(me, given).get(ME).get_json() == me.get(ME).get_json()


def test_who_one_is_depends_on_the_tenant_of_the_session(wiring: Wiring, as_user: AsUser) -> None:
    one, two = unique("tenant"), unique("tenant")
    me = as_user("auth", **{one: "owner", two: "viewer"})
    assert me.get(ME).get_json()["roles"] == []
    mine = bearing(me, begin(me, tenantId=two))
    assert mine.get(ME).get_json()["roles"] == ["viewer"]
    assert mine.get(ME, **{"X-Tenant-Id": one}).get_json()["roles"] == ["owner"]


def test_an_access_token_opens_the_other_areas_too(
    as_user: AsUser, functions: Callable[[str], FlaskClient], tenant: str
) -> None:
    given = begin(as_user("auth", **{tenant: "viewer"}))
    elsewhere = Client(functions("tokens"), {"Authorization": f"Bearer {given['accessToken']}"})
    balance = elsewhere.get("/api/v1/tokens/balance").get_json()
    assert balance["accountId"] == given["user"]["userId"]


def test_a_token_in_a_path_is_not_found_and_not_logged(as_user: AsUser) -> None:
    me = as_user("auth")
    given = begin(me)
    for token in (given["refreshToken"], given["accessToken"]):
        assert code(delete(me, f"/{token}")) in ((404, "not-found"), (400, "invalid-request"))
        me.get(ME, traceparent=token)


@pytest.mark.parametrize(
    ("body", "status", "slug"),
    [
        ({"audience": "demo-evil"}, 422, "validation-error"),
        ({}, 422, "validation-error"),
        ({"audience": ["demo-app"]}, 422, "validation-error"),
        ({"audience": "demo-app", "admin": True}, 422, "validation-error"),
        ({"audience": "demo-app", "tenantId": "a/b"}, 422, "validation-error"),
        ({"audience": "demo-app", "tenantId": "nowhere"}, 404, "not-found"),
    ],
)
def test_a_session_is_begun_just_so(
    as_user: AsUser, body: dict[str, Any], status: int, slug: str
) -> None:
    assert code(as_user("auth").post(SESSIONS, body)) == (status, slug)


def test_sessions_begin_with_an_id_token_alone(
    as_user: AsUser, with_key: WithKey, tenant: str
) -> None:
    me = as_user("auth")
    nobody = me.function.post(SESSIONS, json=AUDIENCE)
    assert code(nobody) == (401, "missing-credentials")
    assert code(with_key("auth", tenant).post(SESSIONS, AUDIENCE)) == (403, "forbidden")
    mine = bearing(me, begin(me))
    assert code(mine.post(SESSIONS, AUDIENCE)) == (401, "invalid-credentials")


def test_sessions_are_listed_and_ended(as_user: AsUser) -> None:
    me = as_user("auth")
    one, two = begin(me), begin(me)
    listed = bearing(me, one).get(f"{SESSIONS}?limit=100").get_json()
    assert listed["nextCursor"] is None
    assert {item["sessionId"]: item["current"] for item in listed["items"]} == {
        one["sessionId"]: True,
        two["sessionId"]: False,
    }
    gone = delete(me, f"/{two['sessionId']}")
    assert (gone.status_code, gone.get_data()) == (204, b"")
    assert code(bearing(me, two).get(ME)) == (401, "session-revoked")
    assert delete(bearing(me, one), "/current").status_code == 204
    assert code(bearing(me, one).get(ME)) == (401, "session-revoked")


def test_somebody_else_s_session_and_none_look_alike(as_user: AsUser) -> None:
    theirs = begin(as_user("auth"))["sessionId"]
    for session_id in (theirs, unique("none"), "current"):
        assert code(delete(as_user("auth"), f"/{session_id}")) == (404, "not-found")


def test_signed_out_everywhere(as_user: AsUser) -> None:
    me = as_user("auth")
    one, two = begin(me), begin(me)
    assert delete(bearing(me, one)).status_code == 204
    for given in (one, two):
        assert code(bearing(me, given).get(ME)) == (401, "session-revoked")
        assert code(refresh(me, given["refreshToken"])) == (401, "session-revoked")
    assert code(me.get(ME)) == (401, "session-revoked")


@pytest.mark.parametrize("path", ["/jwks", "/api/v1/auth/jwks", "/.well-known/jwks.json"])
def test_whoever_asks_gets_our_public_keys(
    functions: Callable[[str], FlaskClient], path: str
) -> None:
    answer = functions("auth").get(path)
    assert answer.headers["Cache-Control"] == "public, max-age=300"
    keys = answer.get_json()["keys"]
    assert len(keys) == 2
    assert all(
        set(key) == {"kty", "crv", "x", "y", "kid", "alg", "use"} and key["alg"] == "ES256"
        for key in keys
    )
