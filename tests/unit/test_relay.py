"""The relay's faults are what the seed says, and what travels looks as it shall."""

import base64
import json
from dataclasses import replace
from random import Random

from google.events.cloud.firestore import DocumentEventData

from scripts.suite.relay.envelopes import MOST_BYTES, Post, shaped
from scripts.suite.relay.faults import MOST_COPIES, NONE, Failure, Faults, Form, copies, form
from scripts.suite.relay.relay import Relay

OVERHEAD = 8  # of the fields around a name of half a megabyte
WRITTEN = 1_767_225_600_120_000_000  # New Year 2026, and 120 ms


def event(**names: str) -> Post:
    """As the emulator sends it: of the versions that are named."""
    found = DocumentEventData.pb()()
    for version, name in names.items():
        getattr(found, version).name = name
        getattr(found, version).update_time.FromNanoseconds(WRITTEN)
    headers = {
        "ce-id": "e",
        "ce-source": "//firestore.googleapis.com/projects/projects/demo-app/databases/(default)",
        "ce-time": "2026-01-01T00:00:07Z",
    }
    path = "/functions/projects/demo-app/triggers/capture"
    return Post(path, headers, base64.b64encode(found.SerializeToString()))


MESSAGE = {"data": "eA==", "messageId": "7", "publishTime": "2026-01-01T00:00:00.12Z"}
PUSH = Post("/projects/demo-hub/topics/changes", {}, json.dumps({"message": MESSAGE}).encode())


def test_the_same_seed_is_the_same_fate() -> None:
    storm = Faults(again=0.5, late=1.0, lost=0.1, before=0.3, after=0.3, odd=0.5)
    assert copies(Random(7), storm) == copies(Random(7), storm)
    assert form(Random(7), storm) == form(Random(7), storm)


def test_without_faults_it_comes_once_at_once_and_as_production_sends_it() -> None:
    (copy,) = copies(Random(1), NONE)
    assert (copy.delay, copy.failures) == (0.0, ())
    assert form(Random(1), NONE) == Form()


def test_what_is_lost_never_comes_and_what_comes_again_ends() -> None:
    assert copies(Random(1), Faults(lost=1.0)) == []
    assert len(copies(Random(1), Faults(again=1.0))) == MOST_COPIES


def test_each_failure_is_drawn_as_often_as_asked_for() -> None:
    fates = [copies(Random(seed), Faults(before=0.2, after=0.3))[0] for seed in range(500)]
    first = [copy.failures[0] for copy in fates if copy.failures]
    assert 70 < first.count(Failure.BEFORE) < 130
    assert 110 < first.count(Failure.AFTER) < 190


def test_an_event_comes_as_production_sends_it_unless_it_is_odd() -> None:
    sent = event(value="case")
    found = shaped(sent, Form())
    assert found.body == base64.b64decode(sent.body)
    assert found.headers["ce-source"].startswith("//firestore.googleapis.com/projects/demo-app/")
    assert found.headers["ce-time"] == "2026-01-01T00:00:00.120000Z"
    odd = shaped(sent, Form(body=True, source=True, time=True))
    assert (odd.body, odd.headers["ce-source"]) == (sent.body, sent.headers["ce-source"])
    assert odd.headers["ce-time"] == "2026-01-01T00:00:00Z"


def test_a_deletion_is_dated_after_what_it_deleted_and_before_what_comes_next() -> None:
    found = shaped(event(old_value="case"), Form())
    assert found.headers["ce-time"] == "2026-01-01T00:00:00.120001Z"


def test_a_message_comes_as_a_cloud_event_or_as_the_emulator_pushes_it() -> None:
    assert shaped(PUSH, Form()).headers["ce-id"] == "7"
    assert shaped(PUSH, Form(body=True)) == PUSH


def test_an_event_beyond_the_platforms_limit_never_comes() -> None:
    relay = Relay(1)
    relay.targets[event().target] = ["nowhere"]
    for size in (MOST_BYTES - 2, MOST_BYTES + 1):
        padded = DocumentEventData.pb()(value={"name": "x" * (size - OVERHEAD)})
        assert len(padded.SerializeToString()) == size
        relay.take(replace(event(), body=base64.b64encode(padded.SerializeToString())))
    assert len(relay.taken) == 1
