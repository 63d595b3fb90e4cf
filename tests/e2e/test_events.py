"""Events between products: emitted once, seen by whom they are for, done when acknowledged."""

from collections.abc import Callable
from typing import Any

from tests.builders import unique
from tests.e2e.conftest import Client


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
