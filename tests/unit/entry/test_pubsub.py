"""Pub/Sub events: from a CloudEvent, parsed or not, to a message."""

import base64
import json
from datetime import UTC, datetime
from typing import Any

import pytest
from cloudevents.http import CloudEvent
from pydantic import BaseModel

from shared.entry import pubsub
from shared.entry.pubsub import Message, pubsub_message
from shared.kernel.errors import DependencyUnavailable
from shared.wiring import Wiring

BODY = {
    "message": {
        "data": base64.b64encode(b"\x00data").decode(),
        "attributes": {"event": "e", "time": "2026-01-01T00:00:00Z", "traceparent": "00-a-b-01"},
        "messageId": "17",
        "publishTime": "2026-01-02T00:00:00.5Z",
    },
    "subscription": "projects/p/subscriptions/s",
}


class Page(BaseModel):
    number: int


@pytest.fixture(autouse=True)
def _no_wiring(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pubsub, "wiring", lambda: None)


def cloud_event(data: Any) -> CloudEvent:
    about = {
        "id": "event",
        "type": "google.cloud.pubsub.topic.v1.messagePublished",
        "source": "//pubsub.googleapis.com/projects/p/topics/t",
        "time": "2026-01-03T00:00:00Z",
    }
    return CloudEvent(about, data)


def heard(data: Any) -> list[Message]:
    found: list[Message] = []

    def hear(message: Message, wiring: Wiring) -> None:
        found.append(message)

    pubsub_message(hear)(cloud_event(data))
    return found


@pytest.mark.parametrize("data", [BODY, json.dumps(BODY), json.dumps(BODY).encode()])
def test_a_message_is_read_whether_its_body_comes_parsed_or_not(data: Any) -> None:
    [message] = heard(data)
    assert (message.data, message.message_id) == (b"\x00data", "17")
    assert message.attributes["event"] == "e"
    assert message.publish_time == datetime(2026, 1, 2, microsecond=500_000, tzinfo=UTC)


def test_a_message_of_attributes_only_has_no_data() -> None:
    [message] = heard({"message": {"attributes": {"a": "b"}}})
    assert (message.data, message.message_id) == (b"", "event")
    assert message.publish_time == datetime(2026, 1, 3, tzinfo=UTC)


def test_a_time_is_read_from_an_attribute_or_from_the_publishing() -> None:
    [message] = heard(BODY)
    assert message.moment("time") == datetime(2026, 1, 1, tzinfo=UTC)
    assert message.moment("other") == message.publish_time


@pytest.mark.parametrize(
    "data",
    [
        None,
        b"",
        b"\xff",
        "[" * 5_000,
        [],
        {},
        {"message": None},
        {"message": "text"},
        {"message": {"data": "not base64!"}},
        {"message": {"data": 7}},
        {"message": {"data": "", "publishTime": "tomorrow"}},
    ],
)
def test_what_is_no_message_is_acknowledged(data: Any) -> None:
    assert heard(data) == []


def test_data_of_another_shape_is_acknowledged(capsys: pytest.CaptureFixture[str]) -> None:
    def read(message: Message, wiring: Wiring) -> None:
        message.read(Page)

    pubsub_message(read)(cloud_event(BODY))
    assert '"outcome":"bad_event"' in capsys.readouterr().out


def test_data_of_the_right_shape_is_read() -> None:
    [message] = heard({"message": {"data": base64.b64encode(b'{"number":3}').decode()}})
    assert message.read(Page) == Page(number=3)


def test_what_may_succeed_later_is_raised_so_that_it_comes_again() -> None:
    def fail(message: Message, wiring: Wiring) -> None:
        raise DependencyUnavailable(reason="down")

    with pytest.raises(DependencyUnavailable):
        pubsub_message(fail)(cloud_event(BODY))


def test_the_trace_of_the_publisher_is_logged(capsys: pytest.CaptureFixture[str]) -> None:
    heard(BODY)
    assert "00-a-b-01" in capsys.readouterr().out
