"""What products send of events, and as consumers of them."""

from collections.abc import Callable
from typing import Any

from tests.emulator.entry.clients import EVENTS, Client

AREA = "/api/v1/ecosystem"
LEASE, LETTERS, REDRIVE = f"{EVENTS}/lease", f"{AREA}/dead-letters", f"{AREA}/dead-letters/redrive"
REPLAYS, CONSUMERS = f"{AREA}/replays", f"{AREA}/consumers"
DAY = {"from": "2000-01-01T00:00:00Z", "to": "2100-01-01T00:00:00Z"}


def wanted(tenant: str, **changes: Any) -> dict[str, Any]:
    base = {"eventType": "case_changed", "source": "SMP", "payload": {"n": 1}, "tenantId": tenant}
    return base | changes


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
