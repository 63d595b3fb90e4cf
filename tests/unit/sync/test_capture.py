"""What is captured: what users did, byte by byte."""

import subprocess
import sys
from typing import Any

import pytest

from shared.platform.documents import read_change
from shared.sync.capture import capture
from shared.sync.encoding import fill_marks
from shared.sync.models import Marks, Write
from tests.unit.sync.builders import NOON, NOON_NS, document, event


class Topic:
    def __init__(self) -> None:
        self.messages: list[tuple[str, bytes, dict[str, str]]] = []

    def publish(self, topic: str, data: bytes, **attributes: str) -> None:
        self.messages.append((topic, data, attributes))


def captured(raw: bytes, *collections: str) -> Topic:
    """What is published of it where routes name these collections."""
    topic, named = Topic(), collections or ("cases",)
    change = read_change(raw, "event", NOON, "00-trace")
    assert change
    capture(change, "a", lambda _, collection: collection in named, topic.publish)
    return topic


def written_by_engine(over: int) -> Any:
    found = document({"x": 2}, updated=NOON_NS + 2000)
    fill_marks(found.fields["_sync"], Marks({}, write=Write("a", "e", over)))
    return found


def test_what_a_user_did_is_published_as_it_came() -> None:
    raw = event(old=document({"x": 1}), new=document({"x": 2}, updated=NOON_NS + 1000))
    about = {"event": "event", "time": "2026-01-01T12:00:00Z", "traceparent": "00-trace"}
    assert captured(raw).messages == [("document-changes", raw, about)]


@pytest.mark.parametrize("raw", [event(new=document({})), event(old=document({}))])
def test_creations_and_deletions_are_published(raw: bytes) -> None:
    assert len(captured(raw).messages) == 1


def test_a_write_without_effect_is_not() -> None:
    assert captured(event(old=document({"x": 1}), new=document({"x": 1}))).messages == []


def test_what_the_engine_wrote_is_not() -> None:
    echo = event(old=document({"x": 1}), new=written_by_engine(over=NOON_NS))
    copied = event(old=document({"x": 1}), new=written_by_engine(over=NOON_NS - 1000))
    assert captured(echo).messages == []
    assert len(captured(copied).messages) == 1


def test_what_no_route_names_is_not() -> None:
    assert captured(event(new=document({"x": 1})), "menus").messages == []


@pytest.mark.parametrize("path", ["_tombstones/1", "_other/1"])
def test_what_the_engine_keeps_for_itself_is_not(path: str) -> None:
    name = f"projects/demo-a/databases/(default)/documents/{path}"
    assert captured(event(new=document({}, name=name)), path.partition("/")[0]).messages == []


def test_its_instance_loads_no_client_before_it_needs_one() -> None:
    code = "import functions.sync.firestore, sys; print(*sys.modules)"
    found = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    loaded = set(found.stdout.split())
    heavy = {"google.cloud.firestore", "google.cloud.pubsub_v1", "firebase_admin", "pydantic"}
    assert not loaded & heavy
