"""Functions as the framework serves them, called without a server."""

import json
import sys
from collections.abc import Callable, Iterator

import pytest
from flask.testing import FlaskClient

from scripts.suite.paths import ROOT
from shared.wiring import wiring
from tests.unit.entry.calls import AREA, Logged, client_of


@pytest.fixture(scope="package")
def demo() -> FlaskClient:
    """The area that stands beside these tests."""
    return client_of("demo", AREA)


@pytest.fixture(scope="package")
def deployed() -> Iterator[Callable[[str], FlaskClient]]:
    """Deployed functions by name, each as if this process had just started for it."""
    clients: dict[str, FlaskClient] = {}

    def client(name: str) -> FlaskClient:
        if name not in clients:
            for module in [m for m in sys.modules if m.startswith("functions.")]:
                del sys.modules[module]
            clients[name] = client_of(name, ROOT / "main.py")
        return clients[name]

    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("HYPHAE_ENV", "local")
        patch.setenv("HYPHAE_HUB", "demo-nowhere")  # its client is kept, and leads nowhere
        patch.setenv("HYPHAE_PROJECTS", "app=demo-app,bo=demo-bo")
        patch.setenv("HYPHAE_KEY_PEPPER", "pepper")
        patch.setenv("FIRESTORE_EMULATOR_HOST", "127.0.0.1:1")
        wiring.cache_clear()
        yield client
        wiring.cache_clear()


@pytest.fixture
def logged(capsys: pytest.CaptureFixture[str]) -> Logged:
    """The lines written so far in this test."""
    return lambda: [json.loads(line) for line in capsys.readouterr().out.splitlines()]
