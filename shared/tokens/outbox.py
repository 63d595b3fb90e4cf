"""What accounts have to tell goes out after the commit that made it so, once for each occasion."""

from typing import Any

from shared.events.service import EventBus


class Outbox:
    """Hands messages on to the ecosystem. The same message twice is one event."""

    def __init__(self, bus: EventBus) -> None:
        self._bus = bus

    def deliver(self, message: dict[str, Any]) -> bool:
        """False when it had gone out before."""
        return self._bus.announce(
            message["eventType"],
            message["occasion"],
            message.get("tenantId"),
            message["accountId"],
            message["payload"],
        )
