"""What fails comes again; what comes again has its effect once."""

import base64
import time
from collections.abc import Callable, Sequence
from typing import Any

import pytest
from google.cloud.firestore_v1.base_query import FieldFilter

from scripts.suite.http import call
from scripts.suite.relay import jars
from scripts.suite.relay.envelopes import Post
from scripts.suite.relay.faults import Faults
from tests.builders import unique
from tests.emulator.delivery.conftest import HUB, PAIR, Estate
from tests.workers import working

CHANGES = 200
MESSAGES = 150
PATIENCE_SECONDS = 60
Snapshots = Sequence[Any]


def eventually(look: Callable[[], bool]) -> None:
    deadline = time.monotonic() + PATIENCE_SECONDS
    while not look():
        assert time.monotonic() < deadline, "not seen in time"
        time.sleep(0.05)


def lost_changes(estate: Estate, kind: str, many: int) -> list[Post]:
    """New cases on the left, whose events went as far as the relay and no further."""
    cases = estate.client(PAIR[0]).collection("cases")
    taken = len(estate.relay.taken)
    with estate.relay.at_fault(Faults(lost=1.0)):
        for number in range(many):
            cases.document(f"{kind}-{number}").set({"tenantId": "t", "kind": kind, "n": number})
        eventually(lambda: len(estate.relay.taken) == taken + many)
    return estate.relay.taken[taken:]


def publish(estate: Estate, topic: str, changes: Sequence[Post]) -> None:
    """As capture_change does."""
    messages = [
        {
            "data": base64.b64encode(change.body).decode(),
            "attributes": {"event": change.headers["ce-id"], "time": change.headers["ce-time"]},
        }
        for change in changes
    ]
    url = f"http://{estate.pubsub_host}/v1/projects/{HUB}/topics/{topic}:publish"
    assert call("POST", url, {"messages": messages})[0] == 200


def of_kind(estate: Estate, project: str, kind: str) -> Snapshots:
    cases = estate.client(project).collection("cases")
    found: Snapshots = cases.where(filter=FieldFilter("kind", "==", kind)).get()
    return found


def written_once(found: Snapshots) -> bool:
    return all(snapshot.create_time == snapshot.update_time for snapshot in found)


@pytest.mark.timeout(180)
def test_a_killed_function_gets_its_messages_again_and_writes_each_change_once(
    mirrored: Estate,
) -> None:
    kind, topic = unique("kind"), unique("topic")
    changes = lost_changes(mirrored, kind, CHANGES)
    with working("apply_change", mirrored.environment) as worker:
        worker.wait_until_answering()
        jars.subscribe(mirrored.pubsub_host, HUB, topic, worker.url.removeprefix("http://"))
        publish(mirrored, topic, changes)
        eventually(lambda: len(of_kind(mirrored, PAIR[1], kind)) > CHANGES // 10)
        worker.kill()
        assert len(of_kind(mirrored, PAIR[1], kind)) < CHANGES
        worker.start()
        eventually(lambda: len(of_kind(mirrored, PAIR[1], kind)) == CHANGES)
        publish(mirrored, topic, changes)
        mirrored.relay.settle()
    found = of_kind(mirrored, PAIR[1], kind)
    assert sorted(snapshot.get("n") for snapshot in found) == list(range(CHANGES))
    assert written_once(found)


@pytest.mark.timeout(180)
def test_a_change_that_cannot_be_published_is_not_acknowledged(mirrored: Estate) -> None:
    change = lost_changes(mirrored, unique("kind"), 1)[0]
    environment = {**mirrored.environment, "HYPHAE_HUB": unique("demo-hub")}
    routes = mirrored.client(HUB).document("sync_routes/0").get().to_dict() or {}
    mirrored.client(environment["HYPHAE_HUB"]).document("sync_routes/0").set(routes)
    with working("capture_change", environment) as worker:
        worker.wait_until_answering()

        def status() -> int:
            return call("POST", worker.url + change.path, change.body, 30, change.headers)[0]

        assert status() == 500
        jars.subscribe(
            mirrored.pubsub_host, environment["HYPHAE_HUB"], "document-changes", "127.0.0.1:9"
        )
        assert status() == 200


def test_what_was_lost_comes_with_the_next_change(mirrored: Estate) -> None:
    kind = unique("kind")
    lost_changes(mirrored, kind, 20)
    mirrored.relay.settle()
    assert of_kind(mirrored, PAIR[1], kind) == []
    change_all(mirrored, kind, {"seen": 1})
    with mirrored.relay.at_fault(Faults(lost=1.0)):
        change_all(mirrored, kind, {"seen": 2, "lost": True})
    change_all(mirrored, kind, {"again": True})
    left, right = (contents(mirrored, project, kind) for project in PAIR)
    assert left == right
    assert [case["n"] for case in right] == list(range(20))
    assert all((case["seen"], case["lost"], case["again"]) == (2, True, True) for case in right)


def change_all(estate: Estate, kind: str, changes: dict[str, Any]) -> None:
    for snapshot in of_kind(estate, PAIR[0], kind):
        snapshot.reference.update(changes)
    estate.relay.settle()


def contents(estate: Estate, project: str, kind: str) -> list[dict[str, Any]]:
    cases = [snapshot.to_dict() for snapshot in of_kind(estate, project, kind)]
    return sorted(({**case, "_sync": None} for case in cases), key=lambda case: case["n"])


@pytest.mark.timeout(180)
def test_a_message_becomes_one_event_however_often_and_badly_it_comes(estate: Estate) -> None:
    hub, event_type = estate.client(HUB), unique("told")
    (worker,) = estate.run("deliver_outbox")
    estate.watch("deliver_outbox", HUB)
    worker.wait_until_answering()
    with estate.relay.at_fault(Faults(again=0.5, late=0.5, before=0.1, after=0.3, odd=0.5)):
        for number in range(0, MESSAGES, 2):
            told = [message(event_type, number), message(event_type, number + 1)]
            hub.document(f"outbox/{unique('messages')}").set({"messages": told})
            if number == MESSAGES // 2:
                worker.kill()
                worker.start()
        estate.relay.settle()
    wanted = FieldFilter("eventType", "==", event_type)
    found = hub.collection("ecosystem_events").where(filter=wanted).get()
    assert sorted(event.get("payload")["n"] for event in found) == list(range(MESSAGES))
    assert written_once(found)


def message(event_type: str, number: int) -> dict[str, Any]:
    return {
        "eventType": event_type,
        "occasion": f"{event_type}-{number}",
        "tenantId": "t",
        "accountId": "a",
        "payload": {"n": number},
    }
