"""The emulators of the running suite, and a backbone wired to them."""

import os
from collections.abc import Iterator
from datetime import datetime

import pytest

from scripts.suite.toolchain import Toolchain
from shared.kernel.clock import utc_now
from shared.kernel.settings import read_settings
from shared.wiring import Wiring
from tests.redis_server import Server


class SetClock:
    """A clock that a test sets; until then it tells the time."""

    def __init__(self) -> None:
        self.moment: datetime | None = None

    def __call__(self) -> datetime:
        return self.moment or utc_now()


@pytest.fixture
def clock() -> SetClock:
    return SetClock()


@pytest.fixture
def wiring(clock: SetClock) -> Wiring:
    """Fresh services, so that what one test's instance remembers is not another's."""
    return Wiring(read_settings(os.environ), clock)


@pytest.fixture(scope="session")
def redis_program() -> str:
    program = Toolchain.load().redis
    if program is None:
        pytest.skip("There is no redis-server: neither on this machine nor from PyPI.")
    return program


@pytest.fixture
def redis_server(redis_program: str) -> Iterator[Server]:
    """A real Redis server for each test."""
    running = Server(redis_program)
    yield running
    running.stop()
