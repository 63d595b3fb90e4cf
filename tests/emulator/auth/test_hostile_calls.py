"""Every hostile credential over HTTP, with real signatures: its status, its code, and no trace."""

from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pytest
from flask.testing import FlaskClient
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from shared.auth.models import Access
from tests.builders import NEW_YEAR, claims, unique, unsigned_token
from tests.emulator.auth.signed_area import WORKER, signed
from tests.signing import issuer
from tests.unit.auth.hostile import HOSTILE, good
from tests.unit.entry.calls import client_of, code, raw

ME, INTROSPECT = "/me", "/introspect"
SECOND = int(NEW_YEAR.timestamp())
LARGE = {"1 MB"}
FORM = "application/x-www-form-urlencoded"


@pytest.fixture(scope="module")
def client() -> FlaskClient:
    return client_of("auth", Path(__file__).with_name("signed_area.py"))


@pytest.fixture
def secrets_of(capsys: pytest.CaptureFixture[str]) -> Iterator[list[str]]:
    """What a test presents; nothing of it may be in the log."""
    presented: list[str] = []
    yield presented
    out, err = capsys.readouterr()
    for text in presented:
        parts = [part for part in text.split(".") if len(part) > 16]
        assert not any(part in out + err for part in [*parts, text] if len(part) > 16)


def bearing(client: FlaskClient, token: str, path: str = ME) -> Any:
    return raw(client, path, HTTP_X_API_KEY=None, HTTP_AUTHORIZATION=f"Bearer {token}")


@pytest.mark.parametrize("name", HOSTILE)
def test_a_hostile_id_token(client: FlaskClient, secrets_of: list[str], name: str) -> None:
    token = HOSTILE[name][0]()
    secrets_of.append(token)
    answer = bearing(client, token)
    if name in LARGE:
        assert code(answer) == (431, "headers-too-large")
        return
    assert code(answer) == (401, "invalid-credentials")
    assert answer.headers["WWW-Authenticate"]


HEADERS: dict[str, tuple[dict[str, str | None], str, int, str]] = {
    "nothing": ({}, "", 401, "missing-credentials"),
    "empty": ({"HTTP_AUTHORIZATION": ""}, "", 401, "missing-credentials"),
    "no token": ({"HTTP_AUTHORIZATION": "Bearer"}, "", 401, "invalid-credentials"),
    "blanks": ({"HTTP_AUTHORIZATION": "Bearer  "}, "", 401, "invalid-credentials"),
    "another scheme": ({"HTTP_AUTHORIZATION": "Basic YTpi"}, "", 401, "invalid-credentials"),
    "two headers": ({"HTTP_AUTHORIZATION": "Bearer a, Bearer b"}, "", 400, "invalid-request"),
    "both kinds": (
        {"HTTP_AUTHORIZATION": "Bearer a", "HTTP_X_API_KEY": "b"},
        "",
        400,
        "invalid-request",
    ),
    "two keys": ({"HTTP_X_API_KEY": "k1, k2"}, "", 400, "invalid-request"),
    "in the address": ({}, "access_token=x", 400, "invalid-request"),
}


@pytest.mark.parametrize("name", HEADERS)
def test_a_hostile_header(client: FlaskClient, name: str) -> None:
    headers, query, status, slug = HEADERS[name]
    given: dict[str, Any] = {"HTTP_X_API_KEY": None, "QUERY_STRING": query, **headers}
    assert code(raw(client, ME, **given)) == (status, slug)


@pytest.mark.parametrize("late", [timedelta(hours=1), timedelta(seconds=11)])
def test_an_expired_token_is_said_to_be(client: FlaskClient, late: timedelta) -> None:
    ended = NEW_YEAR - late
    token = issuer().token(claims(ended - timedelta(hours=1)))
    assert code(bearing(client, token)) == (401, "token-expired")


@pytest.mark.parametrize("sub", ["a/../b", "__x__", ".", ".."])
def test_a_subject_is_never_a_path(client: FlaskClient, sub: str) -> None:
    assert bearing(client, good(sub=sub)).status_code == 200


def test_the_emulators_token_is_none_here(client: FlaskClient) -> None:
    answer = bearing(client, unsigned_token(claims(NEW_YEAR)))
    assert code(answer) == (401, "invalid-credentials")


def test_made_up_claims_and_unverified_emails_give_nothing(client: FlaskClient) -> None:
    tenant, mail = unique("tenant"), f"{unique('admin')}@x.example"
    owner = bearing(client, good(email=mail, email_verified=True)).get_json()
    made_up = {"admin": True, "role": "owner", "tid": tenant, "tenants": {tenant: "owner"}}
    stranger = bearing(client, good(project="demo-bo", email=mail, **made_up)).get_json()
    assert stranger["userId"] != owner["userId"]
    assert (stranger["tenants"], stranger["permissions"]) == ([], [])


def test_an_anonymous_user_has_no_privilege(client: FlaskClient) -> None:
    token = good(firebase={"sign_in_provider": "anonymous"})
    headers = {"Authorization": f"Bearer {token}"}
    answer = client.post("/sessions", json={"audience": "demo-app"}, headers=headers)
    assert code(answer) == (403, "forbidden")


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


ACCESS: dict[str, tuple[Callable[[], str], str]] = {
    "of a product that is not registered": (
        lambda: access(audience="demo-evil"),
        "invalid-credentials",
    ),
    "of a user who is not there": (access, "session-revoked"),
    "over": (lambda: access(issued=SECOND - 400, expires=SECOND - 100), "token-expired"),
    "too long": (lambda: access(expires=SECOND + 301), "invalid-credentials"),
    "changed": (lambda: access()[:-5] + "AAAAA", "invalid-credentials"),
}


@pytest.mark.parametrize("name", ACCESS)
def test_a_hostile_access_token(client: FlaskClient, secrets_of: list[str], name: str) -> None:
    make, slug = ACCESS[name]
    secrets_of.append(make())
    assert code(bearing(client, secrets_of[0])) == (401, slug)


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


SERVICE: dict[str, tuple[dict[str, Any], int, str]] = {
    "not on the list": ({"email": "x@demo-bo.iam.gserviceaccount.com"}, 403, "forbidden"),
    "of an attacker's project": (
        {"email": "worker@evil.iam.gserviceaccount.com"},
        403,
        "forbidden",
    ),
    "for another service": ({"aud": "https://other.run.app"}, 401, "invalid-credentials"),
    "over": ({"iat": SECOND - 7200, "exp": SECOND - 3600}, 401, "token-expired"),
}


@pytest.mark.parametrize("name", SERVICE)
def test_a_hostile_service_token(client: FlaskClient, secrets_of: list[str], name: str) -> None:
    changes, status, slug = SERVICE[name]
    secrets_of.append(service(**changes))
    assert code(bearing(client, secrets_of[0])) == (status, slug)


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
