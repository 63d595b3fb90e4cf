"""A real Redis server for each test."""

from collections.abc import Iterator

import pytest

from scripts.suite.toolchain import Toolchain
from tests.redis_server import Server


@pytest.fixture(scope="package")
def redis_program() -> str:
    program = Toolchain.load().redis
    if program is None:
        pytest.skip("There is no redis-server: neither on this machine nor from PyPI.")
    return program


@pytest.fixture
def server(redis_program: str) -> Iterator[Server]:
    running = Server(redis_program)
    yield running
    running.stop()
