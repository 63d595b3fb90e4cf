"""Deployed functions on the running suite, called without a server."""

import re
from collections.abc import Callable, Iterator
from datetime import timedelta
from typing import Any, NamedTuple
from uuid import uuid4

import pytest
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from scripts.suite.paths import ROOT
from shared.auth.known_keys import issue_key
from shared.auth.models import Member
from shared.wiring import Wiring
from tests.builders import claims, unique, unsigned_token
from tests.unit.entry.calls import client_of

EVENTS = "/api/v1/ecosystem/events"


class Client(NamedTuple):
    """Somebody with a credential, who calls one function."""

    function: FlaskClient
    credential: dict[str, str]

    def get(self, path: str, **headers: str) -> TestResponse:
        return self.function.get(path, headers=self.credential | headers)

    def patch(self, path: str, body: Any) -> TestResponse:
        return self.function.patch(path, json=body, headers=self.credential)

    def delete(self, path: str) -> TestResponse:
        return self.function.delete(path, headers=self.credential)

    def post(self, path: str, body: Any = None, **headers: str) -> TestResponse:
        keyed = {"Idempotency-Key": uuid4().hex} | self.credential | _titled(headers)
        if isinstance(body, bytes):
            kind = "application/json"
            return self.function.post(path, data=body, headers=keyed, content_type=kind)
        return self.function.post(path, json=body, headers=keyed)

    def send(self, method: str, path: str, body: Any = None, **headers: str) -> TestResponse:
        """Any call, with just these headers."""
        given = self.credential | _titled(headers)
        return self.function.open(path, method=method, json=body, headers=given)


def _titled(headers: dict[str, str]) -> dict[str, str]:
    return {name.replace("_", "-"): value for name, value in headers.items()}


@pytest.fixture(scope="session")
def functions() -> Callable[[str], FlaskClient]:
    made: dict[str, FlaskClient] = {}

    def function(name: str) -> FlaskClient:
        if name not in made:
            made[name] = client_of(name, ROOT / "main.py")
        return made[name]

    return function


SECRET = re.compile(
    r"eyJ[\w-]{20,}\.[\w-]{20,}|hy_rt_[a-z]+_[\w-]{20,}|hy_sk_[a-z]+_[a-z2-7]{16}_\w{20,}"
)


@pytest.fixture
def nothing_told(capsys: pytest.CaptureFixture[str]) -> Iterator[None]:
    """No credential is in the log, whatever was done with it."""
    yield
    out, err = capsys.readouterr()
    assert not SECRET.search(out + err)


@pytest.fixture
def tenant() -> str:
    return unique("tenant")


@pytest.fixture
def with_key(wiring: Wiring, functions: Callable[[str], FlaskClient]) -> Callable[..., Client]:
    """A product with a key of a tenant, or of the platform."""

    def client(name: str, tenant_id: str | None, product: str = "SMP") -> Client:
        ends = wiring.clock() + timedelta(days=1)
        key = issue_key(wiring.api_keys, wiring.settings, "k", product, tenant_id, ends)
        return Client(functions(name), {"X-API-Key": key.text})

    return client


@pytest.fixture
def as_user(wiring: Wiring, functions: Callable[[str], FlaskClient]) -> Callable[..., Client]:
    """A person with roles in tenants."""

    def client(name: str, **roles: str) -> Client:
        token = unsigned_token(claims(wiring.clock()))
        user_id = str(wiring.auth.caller_with_token(token).user_id)
        for tenant_id, role in roles.items():
            wiring.tenants.put_member(Member(tenant_id, user_id, (role,)))
        return Client(functions(name), {"Authorization": f"Bearer {token}"})

    return client


@pytest.fixture
def restaurant(wiring: Wiring) -> str:
    """A tenant that orders with one product and shows its menu with another."""
    name = unique("tenant")
    wiring.tenants.put_tenant(name, f"slug-of-{name}", "Las Reinas", ("ORDERING", "SMP"))
    return name


@pytest.fixture
def me(as_user: Callable[..., Client], tenant: str) -> Client:
    """A viewer of the tenant."""
    return as_user("auth", **{tenant: "viewer"})


@pytest.fixture
def given(me: Client, tenant: str) -> Any:
    """What `me` got for a session in the tenant."""
    return me.post("/api/v1/auth/sessions", {"audience": "demo-app", "tenantId": tenant}).get_json()


@pytest.fixture
def product(with_key: Callable[..., Client], tenant: str) -> Client:
    """A product of the tenant, by its key."""
    return with_key("auth", tenant)
