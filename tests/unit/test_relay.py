"""The relay's faults are what the seed says, and what travels looks as it shall."""

import base64
import json
from dataclasses import replace
from datetime import UTC, datetime
from random import Random

from scripts.suite.relay.envelopes import MOST_BYTES, Post, shaped
from scripts.suite.relay.faults import MOST_COPIES, NONE, Failure, Faults, Form, copies
from scripts.suite.relay.relay import Relay

AT = datetime(2026, 1, 1, 0, 0, 0, 120_000, tzinfo=UTC)
EVENT = Post(
    "/functions/projects/demo-app/triggers/capture",
    {
        "ce-id": "e",
        "ce-source": "//firestore.googleapis.com/projects/projects/demo-app/databases/(default)",
        "ce-time": "2026-01-01T00:00:00Z",
    },
    base64.b64encode(b"protobuf"),
    AT,
)
MESSAGE = {"data": "eA==", "messageId": "7", "publishTime": "2026-01-01T00:00:00.12Z"}
PUSH = Post("/projects/demo-hub/topics/changes", {}, json.dumps({"message": MESSAGE}).encode(), AT)


def test_the_same_seed_is_the_same_fate() -> None:
    storm = Faults(again=0.5, late=1.0, lost=0.1, before=0.3, after=0.3, odd=0.5)
    assert copies(Random(7), storm) == copies(Random(7), storm)


def test_without_faults_it_comes_once_at_once_and_as_production_sends_it() -> None:
    (copy,) = copies(Random(1), NONE)
    assert (copy.delay, copy.failures, copy.form) == (0.0, (), Form())


def test_what_is_lost_never_comes_and_what_comes_again_ends() -> None:
    assert copies(Random(1), Faults(lost=1.0)) == []
    assert len(copies(Random(1), Faults(again=1.0))) == MOST_COPIES


def test_each_failure_is_drawn_as_often_as_asked_for() -> None:
    fates = [copies(Random(seed), Faults(before=0.2, after=0.3))[0] for seed in range(500)]
    first = [copy.failures[0] for copy in fates if copy.failures]
    assert 70 < first.count(Failure.BEFORE) < 130
    assert 110 < first.count(Failure.AFTER) < 190


def test_an_event_comes_as_production_sends_it_unless_it_is_odd() -> None:
    event = shaped(EVENT, Form())
    assert event.body == b"protobuf"
    assert event.headers["ce-source"].startswith("//firestore.googleapis.com/projects/demo-app/")
    assert event.headers["ce-time"] == "2026-01-01T00:00:00.120000Z"
    assert shaped(EVENT, Form(body=True, source=True, time=True)) == EVENT


def test_a_message_comes_as_a_cloud_event_or_as_the_emulator_pushes_it() -> None:
    assert shaped(PUSH, Form()).headers["ce-id"] == "7"
    assert shaped(PUSH, Form(body=True)) == PUSH


def test_an_event_beyond_the_platforms_limit_never_comes() -> None:
    relay = Relay(1)
    for size in (MOST_BYTES - 2, MOST_BYTES + 1):
        body = base64.b64encode(bytes(size))
        relay.targets[EVENT.target] = ["nowhere"]
        relay.take(replace(EVENT, body=body))
    assert len(relay.taken) == 1
