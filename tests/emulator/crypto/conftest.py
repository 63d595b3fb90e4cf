"""A tenant of each test's own, in a hub without triggers, and instances whose calls count."""

import os
from collections.abc import Callable

import pytest

from scripts.suite.counting import Costs, counted_client
from shared.crypto.models import Place
from shared.crypto.sweep import KeyPage
from shared.crypto.vendors.local import LocalKey
from shared.kernel.settings import read_settings
from shared.wiring import Wiring
from tests.builders import unique
from tests.emulator.conftest import SetClock

HUB = "demo-secrecy"
Instance = Callable[[], "Counted"]


class Counted(Wiring):
    """An instance of the backbone; what it publishes is kept, and what it asks is counted."""

    def __init__(self, clock: SetClock) -> None:
        super().__init__(read_settings({**os.environ, "HYPHAE_HUB": HUB}), clock)
        self.costs = Costs()
        self.unwrapped = 0
        self.told: list[KeyPage] = []
        self.__dict__["hub"] = counted_client(HUB, self.costs)

    def publish(self, topic: str, data: bytes, **attributes: str) -> None:
        assert topic == "key-sweep"
        self.told.append(KeyPage.model_validate_json(data))


@pytest.fixture
def instance(clock: SetClock, monkeypatch: pytest.MonkeyPatch) -> Instance:
    """Another one that shares nothing but the store."""

    def made() -> Counted:
        counted = Counted(clock)
        kek = counted.tenant_keys._kek
        unwrap = kek.unwrap

        def count(wrapped: bytes, bound: bytes) -> bytes:
            counted.unwrapped += 1
            return unwrap(wrapped, bound)

        assert isinstance(kek, LocalKey)
        monkeypatch.setattr(kek, "unwrap", count)
        return counted

    return made


@pytest.fixture
def tenant() -> str:
    return unique("tenant")


@pytest.fixture
def place(tenant: str) -> Place:
    return Place(tenant, "connections", "crm-1", "refreshToken")
