"""The gateway as Hosting serves it: headers, preflights, limits told, and the OpenAPI document."""

from collections.abc import Callable
from typing import Any

import pytest
import requests

from shared.entry.headers import ALWAYS, UNLESS_SET
from tests.e2e.conftest import Client

PAGE = "http://localhost:3000"
ASKED = {"Access-Control-Request-Method": "POST"}


@pytest.fixture
def url(ecosystem: dict[str, Any]) -> str:
    base: str = ecosystem["baseUrl"]
    return base


def test_every_answer_has_its_headers(url: str, key_client: Callable[[str], Client]) -> None:
    own = url.removesuffix("/api/v1")
    outside = [requests.get(place, timeout=30) for place in (f"{url}/nothing", f"{own}/nothing")]
    for answer in [key_client("refugio-app").get("/tokens/balance"), *outside]:
        expected = {**ALWAYS, **UNLESS_SET}
        assert {name: answer.headers.get(name) for name in expected} == expected


def test_what_may_be_kept_says_so(url: str) -> None:
    keys = requests.get(f"{url.removesuffix('/api/v1')}/.well-known/jwks.json", timeout=30)
    assert keys.headers["Cache-Control"] == "public, max-age=300"
    assert requests.get(f"{url}/.well-known/jwks.json", timeout=30).json() == keys.json()


def test_a_page_may_ask_and_read(url: str) -> None:
    origin = {"Origin": PAGE}
    asked = requests.options(f"{url}/tokens/deduct", headers=ASKED | origin, timeout=30)
    answered = requests.get(f"{url}/tokens/balance", headers=origin, timeout=30)
    assert (asked.status_code, answered.status_code) == (204, 401)
    assert asked.headers["Access-Control-Allow-Methods"] == "POST"
    for answer in (asked, answered):
        assert answer.headers["Access-Control-Allow-Origin"] == PAGE


def test_a_page_of_elsewhere_may_not(url: str) -> None:
    origin = {"Origin": "https://evil.example"}
    for answer in (
        requests.options(f"{url}/tokens/deduct", headers=ASKED | origin, timeout=30),
        requests.get(f"{url}/tokens/balance", headers=origin, timeout=30),
    ):
        assert not [name for name in answer.headers if name.startswith("Access-Control")]


def test_a_caller_is_told_what_is_left(key_client: Callable[[str], Client]) -> None:
    headers = key_client("refugio-app").get("/tokens/balance").headers
    assert headers["RateLimit-Policy"].startswith('"key";q=60000;w=60')
    assert headers["RateLimit"].startswith('"key";r=')


def test_the_document_and_its_page_are_served(url: str) -> None:
    document, page = (
        requests.get(f"{url}/{name}", timeout=60) for name in ("openapi.json", "docs")
    )
    assert document.json()["openapi"] == "3.1.0"
    assert "/api/v1/tokens/deduct" in document.json()["paths"]
    assert page.headers["Content-Security-Policy"].startswith("default-src 'none'; style-src")
