"""All functions behind one gateway, as Hosting puts them, and credentials to call them with."""

import json
import os
import sys
from collections.abc import Iterable, Iterator, Mapping
from datetime import timedelta
from functools import partial
from typing import Any

import functions_framework
import pytest

from scripts.suite.paths import ROOT
from shared.auth.known_keys import issue_key
from shared.auth.models import Member
from shared.wiring import Wiring, wiring
from tests.builders import claims, unique, unsigned_token

HUB = "demo-schema"  # without triggers, which would answer to what is written here
GATEWAY = "gateway"


class Gateway:
    """The WSGI application of the whole: firebase.json says which function a path is of."""

    def __init__(self) -> None:
        hosting = json.loads((ROOT / "firebase.json").read_text())["hosting"]
        rewrites = [
            (each["source"], each["function"]["functionId"]) for each in hosting["rewrites"]
        ]
        self._places = [(source.rstrip("*"), name) for source, name in rewrites]
        self._apps = {name: _application(name) for _, name in self._places}

    def __call__(self, environ: dict[str, Any], start_response: Any) -> Iterable[bytes]:
        path = str(environ["PATH_INFO"])
        name = next((name for start, name in self._places if path.startswith(start)), GATEWAY)
        answer: Iterable[bytes] = self._apps[name](environ, start_response)
        return answer


def _application(name: str) -> Any:
    """The function as if this process had just started for it: it registers itself once."""
    for module in [module for module in sys.modules if module.startswith("functions.")]:
        del sys.modules[module]
    create_app: Any = functions_framework.create_app
    return create_app(name, str(ROOT / "main.py"))


@pytest.fixture(scope="package")
def backbone() -> Iterator[Wiring]:
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("HYPHAE_HUB", HUB)
        wiring.cache_clear()
        yield wiring()
        wiring.cache_clear()


@pytest.fixture(scope="package")
def app(backbone: Wiring) -> Gateway:
    return Gateway()


@pytest.fixture(scope="package")
def tenant(backbone: Wiring) -> str:
    name = unique("tenant")
    backbone.tenants.put_tenant(name, f"slug-of-{name}", "A tenant", ("ORDERING", "SMP"))
    return name


@pytest.fixture(scope="package")
def keys(backbone: Wiring, tenant: str) -> list[str]:
    """The platform's, and the tenant's."""
    ends = backbone.clock() + timedelta(days=1)
    issue = partial(issue_key, backbone.api_keys, backbone.settings, "k", "SMP")
    return [issue(of, ends).text for of in (None, tenant)]


@pytest.fixture
def credentials(backbone: Wiring, tenant: str, keys: list[str]) -> list[Mapping[str, str]]:
    """The keys, and the token of an owner who has not signed out yet."""
    token = unsigned_token(claims(backbone.clock()))
    user_id = str(backbone.auth.caller_with_token(token).user_id)
    backbone.tenants.put_member(Member(tenant, user_id, ("owner",)))
    return [*({"X-API-Key": key} for key in keys), {"Authorization": f"Bearer {token}"}]


def examples() -> int:
    """How many requests to each call; HYPHAE_SCHEMA_EXAMPLES asks for more."""
    return int(os.environ.get("HYPHAE_SCHEMA_EXAMPLES", "5"))
