"""A hub of its own for those who register."""

import os

import pytest

from shared.kernel.settings import read_settings
from shared.wiring import Wiring
from tests.builders import unique
from tests.emulator.conftest import SetClock

HUB = "demo-registration"


@pytest.fixture
def home() -> str:
    """Their tenant, if they come from the AI project."""
    return unique("home")


@pytest.fixture
def wiring(clock: SetClock, home: str) -> Wiring:
    """A hub without triggers, where those of one project have a home."""
    clock.moment = None
    environ = {**os.environ, "HYPHAE_HUB": HUB, "HYPHAE_HOME_TENANTS": f"ai={home}"}
    return Wiring(read_settings(environ), clock)
