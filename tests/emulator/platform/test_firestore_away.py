"""Firestore is not there: a call says so in time, instead of trying for minutes."""

import time
from collections.abc import Callable

import pytest
from google.cloud import firestore

from scripts.suite.ports import free_port
from shared.kernel.errors import DependencyUnavailable
from shared.platform.channels import client_of
from shared.platform.firestore import TIMEOUT_SECONDS, read
from shared.platform.wire import Wire


@pytest.fixture
def client(monkeypatch: pytest.MonkeyPatch) -> firestore.Client:
    """Of a port where nobody listens."""
    monkeypatch.setenv("FIRESTORE_EMULATOR_HOST", f"127.0.0.1:{free_port()}")
    return client_of("demo-away")


def by_wire(client: firestore.Client) -> object:
    return Wire(client).get(["cases/one"])


def by_client(client: firestore.Client) -> object:
    return read(client.collection("cases").document("one"))


@pytest.mark.parametrize("look", [by_wire, by_client])
def test_a_read_gives_up_in_seconds(
    client: firestore.Client, look: Callable[[firestore.Client], object]
) -> None:
    began = time.monotonic()
    with pytest.raises(DependencyUnavailable):
        look(client)
    assert time.monotonic() - began < TIMEOUT_SECONDS + 4
