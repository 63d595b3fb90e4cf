"""Crossing over and introspection as products call them."""

from typing import Any

from werkzeug.test import TestResponse

from shared.auth.oauth import ACCESS_TYPE, TOKEN_EXCHANGE
from tests.emulator.entry.clients import Client
from tests.unit.entry.calls import code

TOKEN, INTROSPECT = "/api/v1/auth/token", "/api/v1/auth/introspect"
JWT_TYPE = "urn:ietf:params:oauth:token-type:jwt"
SAML_TYPE = "urn:ietf:params:oauth:token-type:saml2"
INACTIVE = {"active": False}


def post(client: Client, path: str, **members: str | None) -> TestResponse:
    form = {name: value for name, value in members.items() if value is not None}
    return client.function.post(path, data=form, headers=client.credential)


def exchange(client: Client, token: str, **changes: str | None) -> TestResponse:
    usual: dict[str, str | None] = {
        "grant_type": TOKEN_EXCHANGE,
        "subject_token": token,
        "subject_token_type": ACCESS_TYPE,
        "audience": "demo-bo",
    }
    return post(client, TOKEN, **(usual | changes))


def introspect(client: Client, token: str) -> Any:
    answer = post(client, INTROSPECT, token=token)
    assert answer.status_code == 200
    return answer.get_json()


def refused(answer: TestResponse) -> tuple[int, str, str]:
    return (*code(answer), answer.get_json()["error"])


def id_token(me: Client) -> str:
    return me.credential["Authorization"].removeprefix("Bearer ")


def user_id(me: Client) -> str:
    return str(me.get("/me").get_json()["userId"])
