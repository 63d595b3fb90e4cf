"""A session through the gateway, and the same person in another project."""

from collections.abc import Callable
from typing import Any

import jwt
import requests

from scripts.suite.emulators import HOSTING
from scripts.suite.identities import sign_in_with_custom_token
from shared.auth.oauth import ACCESS_TYPE, CUSTOM_TYPE, TOKEN_EXCHANGE
from tests.e2e.conftest import Client

PATIENCE_SECONDS = 120


def bearing(client: Client, token: str) -> Client:
    return Client(client._base_url, {"Authorization": f"Bearer {token}"})


def session(client: Client, **body: str) -> dict[str, Any]:
    answer = client.post("/auth/sessions", {"audience": "demo-app", **body})
    assert answer.status_code == 201
    found: dict[str, Any] = answer.json()
    return found


def form(client: Client, path: str, **members: str) -> requests.Response:
    url = client._base_url + path
    return requests.post(url, data=members, headers=client.headers, timeout=PATIENCE_SECONDS)


def test_a_session_is_begun_refreshed_and_ended(newcomer: Client) -> None:
    first = session(newcomer)
    second = newcomer.post("/auth/sessions/refresh", {"refreshToken": first["refreshToken"]})
    assert second.status_code == 200
    mine = bearing(newcomer, second.json()["accessToken"])
    assert mine.get("/tokens/balance").json()["accountId"] == first["user"]["userId"]
    assert mine.delete("/auth/sessions/current").status_code == 204
    refresh = {"refreshToken": second.json()["refreshToken"]}
    gone = newcomer.post("/auth/sessions/refresh", refresh)
    assert (gone.status_code, gone.json()["code"]) == (401, "session-revoked")


def test_what_is_published_verifies_an_access_token(newcomer: Client) -> None:
    keys = requests.get(f"{HOSTING}/.well-known/jwks.json", timeout=PATIENCE_SECONDS)
    assert keys.json() == newcomer.get("/auth/jwks").json()
    token = session(newcomer)["accessToken"]
    key = jwt.PyJWKSet.from_dict(keys.json())[jwt.get_unverified_header(token)["kid"]]
    assert jwt.decode(token, key, ["ES256"], audience="demo-app")["aud"] == "demo-app"


def test_a_user_crosses_over_and_is_the_same_person_there(
    user_client: Callable[..., Client], key_client: Callable[[str], Client]
) -> None:
    owner, product = user_client("refugio", "viewer"), key_client("refugio-app")
    token = session(owner, tenantId="refugio")["accessToken"]
    wanted = {
        "grant_type": TOKEN_EXCHANGE,
        "subject_token": token,
        "subject_token_type": ACCESS_TYPE,
        "audience": "demo-ai",
    }
    crossed = form(product, "/auth/token", **wanted).json()
    found = form(product, "/auth/introspect", token=crossed["access_token"]).json()
    assert (found["active"], found["aud"]) == (True, "demo-ai")
    custom = form(product, "/auth/token", **wanted, requested_token_type=CUSTOM_TYPE).json()
    there = sign_in_with_custom_token(custom["access_token"], "demo-ai")
    claims = jwt.decode(there, options={"verify_signature": False})
    assert (claims["aud"], claims["tenants"]) == ("demo-ai", {"refugio": "viewer"})
    me = bearing(owner, there).get("/auth/me").json()
    assert me["userId"] == owner.get("/auth/me").json()["userId"]
    assert "demo-ai" in {identity["project"] for identity in me["identities"]}
