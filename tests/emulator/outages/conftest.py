"""The auth function in a process of its own, and what it depends on, each to be taken away."""

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from typing import Any, NamedTuple

import pytest
import requests

from scripts.suite.paths import ROOT
from scripts.suite.ports import free_port
from scripts.suite.relay import jars
from scripts.suite.toolchain import Toolchain
from shared.kernel.clock import utc_now
from tests.builders import claims
from tests.emulator.outages.area import KEYS_URL
from tests.emulator.platform.publisher import Publisher
from tests.redis_server import Server
from tests.signing import issuer
from tests.workers import Worker, working

AREA = str(ROOT / "tests/emulator/outages/area.py")
HUB = "demo-outages"
PATIENCE_SECONDS = 30


class Answer(NamedTuple):
    """What a process answered."""

    status: int
    body: Any
    retry_after: str | None


class Store:
    """An emulator of Firestore that ends and comes back on the same port, empty."""

    def __init__(self) -> None:
        self._port = free_port()
        self._stack = ExitStack()
        self.host = f"127.0.0.1:{self._port}"

    def start(self) -> None:
        self._stack.enter_context(jars.firestore(f"127.0.0.1:{free_port()}", self._port))

    def stop(self) -> None:
        self._stack.close()


class Keys:
    """The issuer's key server, which ends and comes back on the same port."""

    def __init__(self) -> None:
        self._port = free_port()
        self._stack = ExitStack()
        self.url = f"http://127.0.0.1:{self._port}/keys"

    def start(self) -> None:
        self._stack.enter_context(Publisher(self._port))

    def stop(self) -> None:
        self._stack.close()


class Estate(NamedTuple):
    """One process, and all that it asks."""

    worker: Worker
    store: Store
    keys: Keys

    def ask(self, method: str, path: str, body: Any = None, **headers: str) -> Answer:
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        url = f"{self.worker.url}{path}"
        told = requests.request(method, url, json=body, headers=named, timeout=PATIENCE_SECONDS)
        return Answer(told.status_code, told.json(), told.headers.get("Retry-After"))

    def bearing(self, method: str, path: str, token: str, body: Any = None) -> Answer:
        return self.ask(method, path, body, Authorization=f"Bearer {token}")


def signed_in(**stated: Any) -> str:
    """An ID token of somebody who has just signed in, properly signed."""
    return issuer().token(claims(utc_now(), **stated))


@pytest.fixture
def redis_url(request: pytest.FixtureRequest) -> str:
    """Of the counters of limits: a Redis where there is one; else a process counts alone."""
    if Toolchain.load().redis is None:
        return ""
    redis_server: Server = request.getfixturevalue("redis_server")
    return redis_server.url


@contextmanager
def estate(redis_url: str, with_keys: bool = True) -> Iterator[Estate]:
    store, keys = Store(), Keys()
    environment = {
        "HYPHAE_HUB": HUB,
        "FIRESTORE_EMULATOR_HOST": store.host,
        "REDIS_URL": redis_url,
        KEYS_URL: keys.url,
    }
    store.start()
    if with_keys:
        keys.start()
    try:
        with working("auth", environment, AREA) as worker:
            worker.wait_until_answering()
            yield Estate(worker, store, keys)
    finally:
        store.stop()
        keys.stop()
