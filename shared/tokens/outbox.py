"""What accounts have to tell goes out after the commit that made it so, once for each occasion."""

from collections.abc import Mapping
from typing import Any, NamedTuple

from shared.events.service import EventBus


class Announcement(NamedTuple):
    """A message of an account, as the ecosystem is told of it."""

    event_type: str
    occasion: str
    tenant_id: str | None
    account_id: str
    payload: Mapping[str, Any]


def announcement(message: Mapping[str, Any]) -> Announcement:
    """Raises KeyError, TypeError or ValueError for what is not a message."""
    texts = message["eventType"], message["occasion"], message["accountId"]
    if not all(isinstance(text, str) for text in texts):
        raise TypeError("not a text")
    event_type, occasion, account_id = texts
    tenant_id, payload = message.get("tenantId"), dict(message["payload"])
    return Announcement(event_type, occasion, tenant_id, account_id, payload)


class Outbox:
    """Hands messages on to the ecosystem. The same message twice is one event."""

    def __init__(self, bus: EventBus) -> None:
        self._bus = bus

    def deliver(self, announcement: Announcement) -> None:
        self._bus.announce(*announcement)
