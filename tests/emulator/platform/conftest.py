"""A server of public keys, and the keys that are fetched from it."""

from collections.abc import Iterator

import pytest

from shared.platform.keys import PublicKeys
from tests.emulator.platform.clocks import Clock
from tests.emulator.platform.publisher import Publisher


@pytest.fixture
def publisher() -> Iterator[Publisher]:
    with Publisher() as running:
        yield running


@pytest.fixture
def ticks() -> Clock:
    return Clock()


@pytest.fixture
def keys(publisher: Publisher, ticks: Clock) -> PublicKeys:
    return PublicKeys(publisher.url, ticks)
