"""What a consumer sends."""

from collections.abc import Callable
from typing import Any

from tests.emulator.entry.conftest import EVENTS, Client
from tests.emulator.entry.test_event_calls import wanted

AREA = "/api/v1/ecosystem"
LEASE, LETTERS, REDRIVE = f"{EVENTS}/lease", f"{AREA}/dead-letters", f"{AREA}/dead-letters/redrive"


def emitting(client: Client, tenant: str) -> Callable[..., str]:
    """Emits an event of the tenant and gives its id."""

    def emitted(**changes: Any) -> str:
        return str(client.post(EVENTS, wanted(tenant, **changes)).get_json()["eventId"])

    return emitted


def lease(client: Client, consumer: str = "SMP", **wish: Any) -> list[dict[str, Any]]:
    answer = client.post(LEASE, {"consumer": consumer, **wish})
    assert answer.status_code == 200, answer.get_json()
    items: list[dict[str, Any]] = answer.get_json()["items"]
    return items


def nack(client: Client, event_id: str, **changes: Any) -> Any:
    body = {"consumer": "SMP", "reason": "busy"} | changes
    return client.post(f"{EVENTS}/{event_id}/nack", body)
