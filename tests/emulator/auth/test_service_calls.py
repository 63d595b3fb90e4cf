"""Services that are on the list, and any bytes at all as a credential, with real signatures."""

from pathlib import Path
from typing import Any
from urllib.parse import quote

import pytest
from flask.testing import FlaskClient
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from shared.auth.models import Access
from tests.builders import NEW_YEAR
from tests.emulator.auth.signed_area import WORKER, signed
from tests.signing import issuer
from tests.unit.auth.hostile import good
from tests.unit.entry.calls import client_of, code, raw

ME, INTROSPECT = "/me", "/introspect"
SECOND = int(NEW_YEAR.timestamp())
FORM = "application/x-www-form-urlencoded"


@pytest.fixture(scope="module")
def client() -> FlaskClient:
    return client_of("auth", Path(__file__).with_name("signed_area.py"))


def bearing(client: FlaskClient, token: str, path: str = ME) -> Any:
    return raw(client, path, HTTP_X_API_KEY=None, HTTP_AUTHORIZATION=f"Bearer {token}")


def access(**changes: Any) -> str:
    """Signed by us, and right but for what is given; its user is nobody."""
    right: dict[str, Any] = {
        "token_id": "j",
        "user_id": "u",
        "audience": "demo-app",
        "issued": SECOND,
        "expires": SECOND + 300,
        "auth_time": SECOND,
        "user_epoch": 0,
    }
    return signed.access_tokens.make(Access(**right | changes))


def service(**changes: Any) -> str:
    stated = {
        "iss": "https://accounts.google.com",
        "aud": signed.settings.issuer,
        "sub": "1",
        "email": WORKER,
        "email_verified": True,
        "iat": SECOND,
        "exp": SECOND + 3600,
    }
    return issuer().token(stated | changes)


def test_a_service_on_the_list_does_what_it_may(client: FlaskClient) -> None:
    headers = {"Authorization": f"Bearer {service()}"}
    answer = client.post(INTROSPECT, data={"token": access()}, headers=headers)
    assert (answer.status_code, answer.get_json()) == (200, {"active": False})
    assert code(client.get(ME, headers=headers)) == (403, "forbidden")
    exchange = client.post(
        "/token",
        data={
            "grant_type": "urn:ietf:params:oauth:grant-type:token-exchange",
            "subject_token": "x",
            "subject_token_type": "urn:ietf:params:oauth:token-type:access_token",
            "audience": "demo-bo",
        },
        headers=headers,
    )
    assert code(exchange) == (403, "insufficient-scope")


def test_a_product_learns_of_its_own_tokens_alone(client: FlaskClient) -> None:
    """The service is of `demo-bo`: a token for `demo-app` is none of its business."""
    me = bearing(client, good()).get_json()["userId"]
    headers = {"Authorization": f"Bearer {service()}"}
    found = [
        client.post(
            INTROSPECT, data={"token": access(user_id=me, audience=audience)}, headers=headers
        ).get_json()["active"]
        for audience in ("demo-bo", "demo-app")
    ]
    assert found == [True, False]


ANYTHING = settings(
    max_examples=100,
    deadline=None,
    database=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
BYTES = st.binary(max_size=200).map(lambda content: content.decode("latin-1"))


@ANYTHING
@given(BYTES, st.sampled_from(["HTTP_AUTHORIZATION", "HTTP_X_API_KEY"]), st.booleans())
def test_any_bytes_in_a_header_are_refused(
    client: FlaskClient, text: str, header: str, bearer: bool
) -> None:
    sent: dict[str, Any] = {"HTTP_X_API_KEY": None, header: f"Bearer {text}" if bearer else text}
    answer = raw(client, ME, **sent)
    assert answer.status_code in (400, 401)


@ANYTHING
@given(BYTES)
def test_any_bytes_in_a_body_are_refused(client: FlaskClient, text: str) -> None:
    refresh = client.post("/sessions/refresh", json={"refreshToken": text})
    assert refresh.status_code == 401
    headers = {"Authorization": f"Bearer {service()}"}
    body = f"token={quote(text.encode())}".encode()
    found = client.post(INTROSPECT, data=body, headers=headers, content_type=FORM)
    assert found.status_code in (200, 400)
    plain = client.post(INTROSPECT, data=text.encode(), headers=headers, content_type=FORM)
    assert plain.status_code in (200, 400)
