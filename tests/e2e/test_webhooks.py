"""Webhooks as a tenant has them: registered, told, and told again."""

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from standardwebhooks import Webhook

from scripts.suite.tick import tick
from tests.builders import unique
from tests.e2e.conftest import Client, eventually
from tests.sink import Received, Reply, Sink, listening

WEBHOOKS = "/ecosystem/webhooks"


@pytest.fixture
def sink() -> Iterator[Sink]:
    with listening() as made:
        yield made


@pytest.fixture
def app(key_client: Callable[[str], Client]) -> Client:
    return key_client("refugio-app")


@pytest.fixture
def registered(app: Client, sink: Sink) -> Iterator[dict[str, Any]]:
    wanted = {"url": sink.url, "eventTypes": [event_type(sink)]}
    made: dict[str, Any] = app.post(WEBHOOKS, wanted).json()
    yield made
    app.delete(f"{WEBHOOKS}/{made['webhookId']}")


def event_type(sink: Sink) -> str:
    """One that no other test's endpoint listens for."""
    return f"sink_{sink.path[1:]}"


def emit(client: Client, sink: Sink) -> str:
    wanted = {
        "eventType": event_type(sink),
        "source": "SMP",
        "payload": {"n": 1},
        "tenantId": "refugio",
    }
    answer = client.post("/ecosystem/events", wanted, unique("key"))
    return str(answer.json()["eventId"])


def test_an_event_is_told_signed_and_is_on_record(
    app: Client, sink: Sink, registered: dict[str, Any]
) -> None:
    event_id = emit(app, sink)
    received: Received = eventually(lambda: sink.received[0] if sink.received else None)
    told = Webhook(registered["secret"]).verify(received.body, dict(received.headers))
    assert (told["id"], told["data"]) == (event_id, {"n": 1})
    path = f"{WEBHOOKS}/{registered['webhookId']}/attempts"
    (attempt,) = eventually(lambda: app.get(path).json()["items"] or None)
    assert (attempt["eventId"], attempt["delivered"]) == (event_id, True)


def test_what_is_not_taken_is_told_again_by_the_schedule(
    app: Client, sink: Sink, registered: dict[str, Any]
) -> None:
    sink.answer = lambda _: Reply(503 if len(sink.received) == 1 else 200)
    event_id = emit(app, sink)

    def told_again() -> bool | None:
        tick(["retry_webhooks"])
        return len(sink.received) == 2 or None

    eventually(told_again)
    assert sink.ids == [event_id, event_id]


def test_what_was_held_meanwhile_is_told_once_it_is_recovered(
    app: Client, sink: Sink, registered: dict[str, Any]
) -> None:
    path = f"{WEBHOOKS}/{registered['webhookId']}"
    assert app.post(f"{path}/test", {}).json()["delivered"] is True
    sink.says(410)
    event_id = emit(app, sink)
    eventually(lambda: app.get(path).json()["disabledCause"])
    sink.answer = lambda _: Reply()
    recovered = app.post(f"{path}/recover", {"since": registered["createdAt"]})
    assert (recovered.status_code, recovered.json()["count"]) == (202, 1)
    eventually(lambda: sink.ids[1:] == [event_id, event_id] or None)
