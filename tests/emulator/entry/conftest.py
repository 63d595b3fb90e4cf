"""Deployed functions on the running suite, called without a server."""

import re
from collections.abc import Callable, Iterator
from datetime import timedelta
from typing import Any

import pytest
from flask.testing import FlaskClient

from scripts.suite.paths import ROOT
from shared.auth.known_keys import issue_key
from shared.auth.models import Member
from shared.wiring import Wiring
from tests.builders import claims, unique, unsigned_token
from tests.emulator.entry.cases import Case
from tests.emulator.entry.clients import AsUser, Client, WithKey
from tests.emulator.entry.leases import emitting
from tests.emulator.entry.streams import ECOSYSTEM
from tests.unit.entry.calls import client_of


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
def with_key(wiring: Wiring, functions: Callable[[str], FlaskClient]) -> WithKey:
    """A product with a key of a tenant, or of the platform."""

    def client(name: str, tenant_id: str | None, product: str = "SMP") -> Client:
        ends = wiring.clock() + timedelta(days=1)
        key = issue_key(wiring.api_keys, wiring.settings, "k", product, tenant_id, ends)
        return Client(functions(name), {"X-API-Key": key.text})

    return client


@pytest.fixture
def as_user(wiring: Wiring, functions: Callable[[str], FlaskClient]) -> AsUser:
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
def me(as_user: AsUser, tenant: str) -> Client:
    """A viewer of the tenant."""
    return as_user("auth", **{tenant: "viewer"})


@pytest.fixture
def given(me: Client, tenant: str) -> Any:
    """What `me` got for a session in the tenant."""
    return me.post("/api/v1/auth/sessions", {"audience": "demo-app", "tenantId": tenant}).get_json()


@pytest.fixture
def product(with_key: WithKey, tenant: str) -> Client:
    """A product of the tenant, by its key."""
    return with_key("auth", tenant)


@pytest.fixture
def client(with_key: WithKey, tenant: str) -> Client:
    """A product of the tenant, at its events."""
    return with_key("ecosystem", tenant)


@pytest.fixture
def smp(wiring: Wiring, client: Client, tenant: str) -> Client:
    """The product SMP of a tenant that also has a CRM."""
    wiring.tenants.put_tenant(tenant, tenant, tenant, ["SMP", "CRM"])
    return client


@pytest.fixture
def emit(smp: Client, tenant: str) -> Callable[..., str]:
    return emitting(smp, tenant)


@pytest.fixture
def stream() -> str:
    """The path of a stream of the test's own."""
    return f"{ECOSYSTEM}/streams/{unique('order')}"


@pytest.fixture
def operator(with_key: WithKey) -> Client:
    """The platform itself, at the sync of all tenants."""
    return with_key("sync", None)


@pytest.fixture
def member(with_key: WithKey, tenant: str) -> Client:
    """A product of the tenant, at its sync."""
    return with_key("sync", tenant)


@pytest.fixture
def case(wiring: Wiring, tenant: str, operator: Client) -> Case:
    return Case(wiring, tenant, operator)
