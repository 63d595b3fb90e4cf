"""What accounts have to tell goes out after the commit that made it so, once for each occasion."""

from collections.abc import Iterable, Mapping
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
    """Raises KeyError for what is not a message."""
    return Announcement(
        message["eventType"],
        message["occasion"],
        message.get("tenantId"),
        message["accountId"],
        message["payload"],
    )


class Outbox:
    """Hands messages on to the ecosystem. The same message twice is one event."""

    def __init__(self, bus: EventBus) -> None:
        self._bus = bus

    def deliver(self, announcements: Iterable[Announcement]) -> None:
        for each in announcements:
            self._bus.announce(*each)
