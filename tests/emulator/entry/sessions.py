"""Sessions as a client uses them."""

from typing import Any

from werkzeug.test import TestResponse

from tests.emulator.entry.clients import Client

SESSIONS = "/api/v1/auth/sessions"
REFRESH = f"{SESSIONS}/refresh"
AUDIENCE = {"audience": "demo-app"}
GIVEN = {
    "accessToken",
    "tokenType",
    "expiresIn",
    "refreshToken",
    "refreshExpiresIn",
    "sessionId",
    "user",
}


def begin(me: Client, **body: Any) -> dict[str, Any]:
    answer = me.post(SESSIONS, AUDIENCE | body)
    assert answer.status_code == 201
    found: dict[str, Any] = answer.get_json()
    return found


def refresh(me: Client, token: str, **body: Any) -> TestResponse:
    return me.function.post(REFRESH, json={"refreshToken": token, **body})


def bearing(me: Client, given: dict[str, Any]) -> Client:
    return Client(me.function, {"Authorization": f"Bearer {given['accessToken']}"})


def delete(me: Client, path: str = "") -> TestResponse:
    return me.function.delete(SESSIONS + path, headers=me.credential)
