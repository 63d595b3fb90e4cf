"""Events between products: emitted once, seen by whom they are for, done when acknowledged."""

from collections.abc import Callable
from typing import Any

from shared.wiring import Wiring
from tests.builders import unique
from tests.e2e.conftest import Client, eventually


def menu_event(**changes: Any) -> dict[str, Any]:
    return {
        "eventType": "menu_item_added",
        "source": "ORDERING",
        "target": "SMP",
        "payload": {"menuItemId": "taco", "price": 450},
        "tenantId": "las-reinas",
        **changes,
    }


def test_an_event_is_emitted_once_listed_and_acknowledged(
    key_client: Callable[[str], Client],
) -> None:
    ordering, smp = key_client("las-reinas-ordering"), key_client("las-reinas-smp")
    key, event_type = unique("key"), unique("menu")
    wanted = menu_event(eventType=event_type)
    first = ordering.post("/ecosystem/events", wanted, key)
    again = ordering.post("/ecosystem/events", wanted, key)
    assert (first.status_code, first.json()) == (202, again.json())
    assert again.headers["Idempotent-Replayed"] == "true"
    pending = f"/ecosystem/events?target=SMP&processed=false&types={event_type}"
    found = smp.get(pending).json()["items"]
    assert [event["eventId"] for event in found] == [first.json()["eventId"]]
    assert found[0]["payload"] == {"menuItemId": "taco", "price": 450}
    path = f"/ecosystem/events/{first.json()['eventId']}/ack"
    assert smp.post(path, {"consumer": "SMP"}).json()["processed"] is True
    assert smp.get(pending).json()["items"] == []


def test_another_tenants_event_is_not_there(key_client: Callable[[str], Client]) -> None:
    emitted = key_client("las-reinas-ordering").post(
        "/ecosystem/events", menu_event(), unique("key")
    )
    path = f"/ecosystem/events/{emitted.json()['eventId']}/ack"
    assert key_client("refugio-app").post(path, {"consumer": "SMP"}).status_code == 404
    foreign = key_client("refugio-app").post("/ecosystem/events", menu_event(), unique("key"))
    assert foreign.status_code == 404


def test_what_fails_dies_is_redriven_and_done(key_client: Callable[[str], Client]) -> None:
    ordering, smp = key_client("las-reinas-ordering"), key_client("las-reinas-smp")
    event_type = unique("menu")
    emitted = ordering.post("/ecosystem/events", menu_event(eventType=event_type), unique("key"))
    event_id = emitted.json()["eventId"]
    wish = {"consumer": "SMP", "types": [event_type]}
    (held,) = smp.post("/ecosystem/events/lease", wish).json()["items"]
    assert held["eventId"] == event_id
    assert smp.post("/ecosystem/events/lease", wish).json()["items"] == []
    refusal = {"consumer": "SMP", "reason": "no such menu", "outcome": "permanent"}
    path = f"/ecosystem/events/{event_id}"
    assert smp.post(f"{path}/nack", refusal).json()["status"] == "dead"
    (letter,) = smp.get(f"/ecosystem/dead-letters?types={event_type}").json()["items"]
    assert (letter["eventId"], letter["reason"]) == (event_id, "no such menu")
    redrive = {"filter": {"types": [event_type]}, "ratePerSecond": 10}
    assert smp.post("/ecosystem/dead-letters/redrive", redrive).json()["count"] == 1
    (again,) = smp.post("/ecosystem/events/lease", wish).json()["items"]
    answer = smp.post(f"{path}/ack", {"consumer": "SMP", "leaseId": again["leaseId"]})
    assert answer.json()["processed"] is True


def test_a_tail_waits_for_the_next_event(key_client: Callable[[str], Client]) -> None:
    ordering, smp = key_client("las-reinas-ordering"), key_client("las-reinas-smp")
    event_type = unique("menu")
    feed = f"/ecosystem/events?types={event_type}"
    begun = smp.get(f"{feed}&wait=0").json()
    assert begun["items"] == []
    emitted = ordering.post("/ecosystem/events", menu_event(eventType=event_type), unique("key"))
    found = smp.get(f"{feed}&wait=20&after={begun['nextCursor']}").json()["items"]
    assert [event["eventId"] for event in found] == [emitted.json()["eventId"]]


def test_the_hubs_own_consumer_is_told_by_its_trigger(
    key_client: Callable[[str], Client], wiring: Wiring
) -> None:
    body = menu_event(eventType="account_parked", source="hyphae", subject=unique("account"))
    emitted = key_client("admin").post("/ecosystem/events", body, unique("key"))
    delivery = wiring.hub.document(f"deliveries/{emitted.json()['eventId']}__operators")
    assert eventually(lambda: (delivery.get().to_dict() or {}).get("status")) == "done"
