"""What consumers call: lease, ack, nack, dead letters, redrive, replay, numbers."""

from collections.abc import Callable

from flask.testing import FlaskClient

from tests.emulator.entry.clients import EVENTS, Client
from tests.emulator.entry.leases import (
    CONSUMERS,
    DAY,
    LETTERS,
    REDRIVE,
    REPLAYS,
    lease,
    nack,
)
from tests.unit.entry.calls import code


def test_a_leased_event_is_whole_and_ends_when_it_is_acknowledged(
    smp: Client, emit: Callable[..., str]
) -> None:
    event_id = emit(payload={"n": 7}, target="SMP")
    (item,) = lease(smp, leaseSeconds=30, types=["case_changed"])
    assert (item["eventId"], item["payload"], item["attempts"]) == (event_id, {"n": 7}, 1)
    assert item["leaseUntil"] > item["recordedAt"]
    body = {"consumer": "SMP", "leaseId": item["leaseId"]}
    answer = smp.post(f"{EVENTS}/{event_id}/ack", body)
    assert answer.get_json() == {"eventId": event_id, "consumer": "SMP", "processed": True}
    assert lease(smp) == []


def test_a_refused_event_says_when_it_is_due_and_dies_with_its_cause(
    smp: Client, emit: Callable[..., str]
) -> None:
    event_id = emit()
    first = nack(smp, event_id, delaySeconds=60).get_json()
    assert (first["status"], first["attempts"]) == ("failed", 1)
    assert first["nextAttemptAt"]
    for _ in range(7):
        last = nack(smp, event_id, reason="no such menu").get_json()
    assert (last["status"], last["attempts"], last["nextAttemptAt"]) == ("dead", 8, None)
    (letter,) = smp.get(LETTERS).get_json()["items"]
    assert (letter["eventId"], letter["consumer"], letter["reason"]) == (
        event_id,
        "SMP",
        "no such menu",
    )
    assert smp.get(letter["payload"]).get_json()["payload"] == {"n": 1}
    assert code(nack(smp, event_id)) == (409, "conflict")


def test_a_dry_run_counts_and_changes_nothing(smp: Client, emit: Callable[..., str]) -> None:
    for _ in range(3):
        nack(smp, emit(), outcome="permanent")
    body = {"filter": {"consumer": "SMP"}, "dryRun": True}
    for _ in range(2):
        assert smp.post(REDRIVE, body).get_json() == {
            "count": 3,
            "dryRun": True,
            "lastDueAt": None,
            "more": False,
        }
    assert lease(smp) == []
    done = smp.post(REDRIVE, {"filter": {}, "ratePerSecond": 100}).get_json()
    assert (done["count"], done["dryRun"]) == (3, False)
    assert smp.get(LETTERS).get_json()["items"] == []


def test_a_replay_is_leased_again_under_its_id(smp: Client, emit: Callable[..., str]) -> None:
    event_id = emit(target=["SMP", "CRM"])
    for consumer in ("SMP", "CRM"):
        smp.post(f"{EVENTS}/{event_id}/ack", {"consumer": consumer})
    answer = smp.post(REPLAYS, {"consumer": "SMP", "types": ["case_changed"]} | DAY)
    assert answer.status_code == 202
    replay = answer.get_json()
    assert replay["count"] == 1
    listed = smp.get(f"{EVENTS}?target=SMP&processed=false").get_json()["items"]
    assert [item["replayId"] for item in listed] == [replay["replayId"]]
    assert lease(smp, "CRM") == []
    assert [item["replayId"] for item in lease(smp)] == [replay["replayId"]]


def test_the_numbers_of_every_product_are_shown(smp: Client, emit: Callable[..., str]) -> None:
    emit(target="SMP")
    nack(smp, emit(target="CRM"), consumer="CRM", outcome="poison")
    shown = {item["consumer"]: item for item in smp.get(CONSUMERS).get_json()["items"]}
    assert (shown["SMP"]["unprocessed"], shown["SMP"]["dead"]) == (1, 0)
    assert shown["SMP"]["oldestUnprocessedAt"]
    assert (shown["CRM"]["unprocessed"], shown["CRM"]["dead"]) == (0, 1)
    assert shown["CRM"]["oldestUnprocessedAt"] is None
    first = smp.get(f"{CONSUMERS}?limit=1").get_json()
    rest = smp.get(f"{CONSUMERS}?cursor={first['nextCursor']}").get_json()
    assert [item["consumer"] for item in first["items"] + rest["items"]] == sorted(shown)
    assert rest["nextCursor"] is None


def test_the_schedule_says_how_many_events_it_handled(
    smp: Client, functions: Callable[[str], FlaskClient]
) -> None:
    answer = functions("retry_events").post("/")
    assert answer.status_code == 200
    assert answer.get_json()["handled"] >= 0


def test_a_tail_answers_with_a_cursor_at_its_end(smp: Client, emit: Callable[..., str]) -> None:
    first = emit()
    page = smp.get(f"{EVENTS}?wait=0").get_json()
    assert [item["eventId"] for item in page["items"]] == [first]
    following = f"{EVENTS}?wait=1&after={page['nextCursor']}"
    assert smp.get(following).get_json()["items"] == []
    second = emit()
    assert [i["eventId"] for i in smp.get(following).get_json()["items"]] == [second]
    after = smp.get(f"{EVENTS}?after={first}").get_json()
    assert [item["eventId"] for item in after["items"]] == [second]
