"""The backbone through its gateway, as products meet it."""

import json
import os
import time
from collections.abc import Callable
from functools import partial
from typing import Any, TypeVar

import pytest
import requests

from scripts.suite.identities import Person, sign_in, sign_up
from scripts.suite.paths import LOCAL
from scripts.suite.seed import PASSWORD
from shared.kernel.settings import read_settings
from shared.wiring import Wiring
from tests.builders import unique

T = TypeVar("T")
PATIENCE_SECONDS = 60


class Client:
    """Calls with one credential; an idempotency key where the test names one."""

    def __init__(self, base_url: str, headers: dict[str, str]) -> None:
        self._base_url = base_url
        self.headers = headers

    def get(self, path: str, **headers: str) -> requests.Response:
        return self._call("GET", path, None, headers)

    def post(self, path: str, body: object, key: str | None = None) -> requests.Response:
        return self._call("POST", path, body, {"Idempotency-Key": key} if key else {})

    def put(self, path: str, body: object) -> requests.Response:
        return self._call("PUT", path, body, {})

    def patch(self, path: str, body: object) -> requests.Response:
        return self._call("PATCH", path, body, {})

    def delete(self, path: str) -> requests.Response:
        return self._call("DELETE", path, None, {})

    def _call(
        self, method: str, path: str, body: object, more: dict[str, str]
    ) -> requests.Response:
        headers = {**self.headers, **more}
        url = self._base_url + path
        return requests.request(method, url, json=body, headers=headers, timeout=120)


@pytest.fixture(scope="session")
def ecosystem() -> dict[str, Any]:
    found: dict[str, Any] = json.loads((LOCAL / "ecosystem.json").read_text())
    return found


@pytest.fixture(scope="session")
def key_client(ecosystem: dict[str, Any]) -> Callable[[str], Client]:
    """A product with one of the seeded API keys."""

    def client(name: str) -> Client:
        headers = {"X-API-Key": ecosystem["apiKeys"][name]["key"]}
        return Client(ecosystem["baseUrl"], headers)

    return client


@pytest.fixture(scope="session")
def user_client(ecosystem: dict[str, Any]) -> Callable[..., Client]:
    """A seeded user, by tenant, role and project."""

    def client(tenant: str, role: str, project: str = "demo-app") -> Client:
        wanted = {"tenantId": tenant, "role": role, "project": project}
        user = next(u for u in ecosystem["users"] if wanted.items() <= u.items())
        return _signed_in(ecosystem, user["email"], project)

    return client


@pytest.fixture
def newcomer(ecosystem: dict[str, Any]) -> Client:
    """Somebody of no tenant, with an account of a hundred tokens of their own."""
    email = f"{unique('newcomer')}@example.com"
    sign_up(Person(email, PASSWORD, "demo-app", "", ""), display_name="Newcomer")
    return _signed_in(ecosystem, email, "demo-app")


@pytest.fixture(scope="module")
def wiring() -> Wiring:
    """The parts of a process of the test's own, on the stores of the suite."""
    return Wiring(read_settings(os.environ))


def _signed_in(ecosystem: dict[str, Any], email: str, project: str) -> Client:
    token = sign_in(Person(email, PASSWORD, project, "", ""))
    return Client(ecosystem["baseUrl"], {"Authorization": f"Bearer {token}"})


def eventually(look: Callable[[], T | None]) -> T:
    """What there is to see, once there is; fails after a minute."""
    deadline = time.monotonic() + PATIENCE_SECONDS
    while time.monotonic() < deadline:
        found = look()
        if found is not None:
            return found
        time.sleep(0.1)
    raise AssertionError(f"Not seen within {PATIENCE_SECONDS} s: {_name(look)}")


def _name(look: Callable[..., object]) -> str:
    return _name(look.func) if isinstance(look, partial) else getattr(look, "__name__", "it")
