"""Firestore events: from a CloudEvent, in any of its forms, to a document before and after."""

import base64
from datetime import UTC, datetime
from typing import Any

import pytest
from cloudevents.http import CloudEvent

from shared.entry import firestore
from shared.entry.firestore import DocumentChange, firestore_event
from shared.kernel.errors import Conflict, DependencyUnavailable
from shared.wiring import Wiring
from tests.unit.sync.builders import NOON_NS, document, event

OTHER = "projects/demo-bo/databases/(default)/documents/a/b/c/d"
CREATED = event(new=document({"n": 7, "when": datetime(2026, 1, 1, tzinfo=UTC), "who": {"a": [1]}}))


@pytest.fixture(autouse=True)
def _no_wiring(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(firestore, "wiring", lambda: None)


def cloud_event(data: Any, **attributes: str) -> CloudEvent:
    about = {
        "id": "event",
        "type": "google.cloud.firestore.document.v1.written",
        "source": "//firestore.googleapis.com/projects/projects/elsewhere/databases/(default)",
        "time": "2026-01-01T12:00:00.123456789Z",
    }
    return CloudEvent(about | attributes, data)


def heard(data: Any, **attributes: str) -> list[DocumentChange]:
    found: list[DocumentChange] = []

    def hear(change: DocumentChange, wiring: Wiring) -> None:
        found.append(change)

    firestore_event(hear)(cloud_event(data, **attributes))
    return found


@pytest.mark.parametrize(
    "data", [CREATED, base64.b64encode(CREATED), base64.b64encode(CREATED).decode()]
)
def test_protobuf_and_the_emulators_base64_say_the_same(data: bytes | str) -> None:
    [change] = heard(data)
    assert (change.old, change.raw) == (None, CREATED)
    assert change.new
    assert change.new.data() == {
        "n": 7,
        "when": datetime(2026, 1, 1, tzinfo=UTC),
        "who": {"a": [1]},
    }


def test_the_document_is_named_by_the_payload_and_not_by_the_source() -> None:
    [change] = heard(event(old=document({}, name=OTHER)))
    assert (change.project, change.path) == ("demo-bo", "a/b/c/d")
    assert (change.collection, change.document_id) == ("a/b/c", "d")


def test_its_version_is_its_update_time_to_the_nanosecond() -> None:
    [change] = heard(event(new=document({}, updated=NOON_NS + 1)))
    assert change.new
    assert change.new.updated == NOON_NS + 1


def test_the_time_and_trace_of_the_event_are_carried() -> None:
    [change] = heard(CREATED, traceparent="00-a-b-01")
    assert change.time == datetime(2026, 1, 1, 12, 0, 0, 123456, tzinfo=UTC)
    assert change.traceparent == "00-a-b-01"


def test_an_event_about_no_document_is_passed_over() -> None:
    assert heard(b"") == []


@pytest.mark.parametrize("data", [None, {"value": {}}, b"\x0a\xff", b"{}", "???", b"\x0a\x03abc"])
def test_what_is_no_document_event_is_acknowledged(data: Any) -> None:
    assert heard(data) == []


@pytest.mark.parametrize("name", ["cases/1", "projects//databases/d/documents/a/b", "a/b/c/d/e/f"])
def test_what_names_no_document_is_acknowledged(name: str) -> None:
    assert heard(event(new=document({}, name=name))) == []


def failing(failure: Exception) -> None:
    def fail(change: DocumentChange, wiring: Wiring) -> None:
        raise failure

    firestore_event(fail)(cloud_event(CREATED))


@pytest.mark.parametrize("failure", [DependencyUnavailable(), RuntimeError("a mistake of ours")])
def test_what_may_succeed_later_is_raised_so_that_it_comes_again(failure: Exception) -> None:
    with pytest.raises(type(failure)):
        failing(failure)


def test_what_can_never_succeed_is_acknowledged() -> None:
    failing(Conflict())


def test_each_event_is_logged_in_one_line(capsys: pytest.CaptureFixture[str]) -> None:
    heard(CREATED, traceparent="00-a-b-01")
    [line] = capsys.readouterr().out.splitlines()
    for part in (
        '"function":"hear"',
        '"eventId":"event"',
        '"outcome":"done"',
        "00-a-b-01",
        '"ms":',
    ):
        assert part in line
