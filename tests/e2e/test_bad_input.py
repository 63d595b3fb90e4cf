"""What does not belong gets the contract's problem, through the gateway and called directly."""

import base64
import json
import time
from collections.abc import Callable
from typing import Any

import pytest
import requests

from tests.e2e.conftest import Client

JSON = {"Content-Type": "application/json", "Idempotency-Key": "bad-input"}


def unsigned(project: str, **changes: Any) -> str:
    now = int(time.time())
    claims = {
        "iss": f"https://securetoken.google.com/{project}",
        "aud": project,
        "sub": "intruder",
        "iat": now,
        "auth_time": now,
        "exp": now + 3600,
        **changes,
    }
    parts = [json.dumps(part).encode() for part in ({"alg": "none", "typ": "JWT"}, claims)]
    return ".".join(base64.urlsafe_b64encode(p).rstrip(b"=").decode() for p in parts) + "."


@pytest.fixture(params=["baseUrl", "functionsUrl"])
def origin(request: pytest.FixtureRequest, ecosystem: dict[str, Any]) -> str:
    url: str = ecosystem[request.param]
    return url


@pytest.fixture(scope="module")
def owner(user_client: Callable[..., Client]) -> dict[str, str]:
    return user_client("refugio", "owner").headers


def problem(response: requests.Response) -> tuple[int, str]:
    assert response.headers["Content-Type"] == "application/problem+json"
    document = response.json()
    assert document["status"] == response.status_code
    assert document["type"] == f"/problems/{document['code']}"
    assert document["instance"] == f"urn:uuid:{response.headers['X-Request-Id']}"
    assert "Traceback" not in response.text
    return response.status_code, document["code"]


def test_no_token_is_refused(origin: str) -> None:
    response = requests.get(f"{origin}/tokens/balance", timeout=60)
    assert problem(response) == (401, "missing-credentials")
    assert response.headers["WWW-Authenticate"] == "Bearer"


@pytest.mark.parametrize(
    ("token", "code"),
    [
        (unsigned("demo-elsewhere"), "invalid-credentials"),
        (unsigned("demo-app", exp=int(time.time()) - 60, iat=1_700_000_000), "invalid-credentials"),
        (unsigned("demo-app", exp=1_700_003_600, iat=1_700_000_000), "token-expired"),
        ("garbage", "invalid-credentials"),
    ],
)
def test_a_token_that_proves_nobody_is_refused(origin: str, token: str, code: str) -> None:
    headers = {"Authorization": f"Bearer {token}"}
    response = requests.get(f"{origin}/tokens/balance", headers=headers, timeout=60)
    assert problem(response) == (401, code)


@pytest.mark.parametrize(
    ("body", "status", "code"),
    [
        (b"{", 400, "invalid-request"),
        (b'{"amount": "5"}', 422, "validation-error"),
        (b'{"amount": 5.5}', 422, "validation-error"),
        (b'{"amount": true}', 422, "validation-error"),
        (b'{"amount": 0}', 422, "validation-error"),
        (b'{"amount": -1}', 422, "validation-error"),
        (b'{"amount": 9007199254740992}', 422, "validation-error"),
        (b'{"amount": 5, "admin": true}', 422, "validation-error"),
        (b"[]", 422, "validation-error"),
        (b" " * 2**20, 413, "payload-too-large"),
    ],
)
def test_a_body_that_is_no_deduction_is_refused(
    origin: str, owner: dict[str, str], body: bytes, status: int, code: str
) -> None:
    url, headers = f"{origin}/tokens/deduct", {**owner, **JSON}
    response = requests.post(url, data=body, headers=headers, timeout=60)
    assert problem(response) == (status, code)


@pytest.mark.parametrize("length", [9_000, 30_000])
def test_an_address_that_is_too_long_is_refused(
    origin: str, owner: dict[str, str], length: int
) -> None:
    url = f"{origin}/tokens/balance?account={'a' * length}"
    assert problem(requests.get(url, headers=owner, timeout=60)) == (414, "uri-too-long")


@pytest.mark.parametrize(
    "more",
    [{"X-Long": "a" * 40_000}, {f"X-Many-{n}": "a" * 30 for n in range(110)}],
    ids=["one is long", "there are many"],
)
def test_headers_that_are_too_large_are_refused(
    origin: str, owner: dict[str, str], more: dict[str, str]
) -> None:
    answer = requests.get(f"{origin}/tokens/balance", headers={**owner, **more}, timeout=60)
    assert problem(answer) == (431, "headers-too-large")


def test_unknown_members_are_named(ecosystem: dict[str, Any], owner: dict[str, str]) -> None:
    url, headers = f"{ecosystem['baseUrl']}/tokens/deduct", {**owner, **JSON}
    response = requests.post(url, json={"amount": 5, "admin": True}, headers=headers, timeout=60)
    assert response.json()["errors"] == [{"pointer": "/admin", "code": "extra_forbidden"}]


@pytest.mark.parametrize(
    ("method", "path", "status", "code"),
    [
        ("GET", "/tokens/nothing", 404, "not-found"),
        ("DELETE", "/tokens/balance", 405, "method-not-allowed"),
        ("GET", "/auth/", 404, "not-found"),
    ],
)
def test_an_unknown_call_is_refused(
    origin: str, method: str, path: str, status: int, code: str
) -> None:
    assert problem(requests.request(method, origin + path, timeout=60)) == (status, code)


@pytest.mark.parametrize("path", ["/nothing", "/nothing/at/all", "/tokensX/balance"])
def test_an_unknown_area_is_refused_by_the_gateway(ecosystem: dict[str, Any], path: str) -> None:
    response = requests.get(ecosystem["baseUrl"] + path, timeout=60)
    assert problem(response) == (404, "not-found")


def test_a_deduction_without_a_key_is_refused(origin: str, owner: dict[str, str]) -> None:
    url = f"{origin}/tokens/deduct"
    response = requests.post(url, json={"amount": 1}, headers=owner, timeout=60)
    assert problem(response) == (400, "invalid-request")


def test_somebody_elses_account_is_not_there(origin: str, owner: dict[str, str]) -> None:
    for account in ("org_las-reinas", "org_nobody", "somebody"):
        url = f"{origin}/tokens/balance?account={account}"
        assert problem(requests.get(url, headers=owner, timeout=60)) == (404, "not-found")
