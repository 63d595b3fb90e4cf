"""Tenants with endpoints on a local receiver, in a hub without triggers."""

import os
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

import pytest

from scripts.suite.counting import Costs, counted_client
from shared.events.models import EVERYBODY, Event
from shared.kernel.clock import utc_now
from shared.kernel.settings import read_settings
from shared.webhooks.documents import read_delivery
from shared.webhooks.models import Delivery, Endpoint
from shared.webhooks.service import Draft
from shared.wiring import Wiring
from tests.builders import unique
from tests.emulator.conftest import SetClock
from tests.sink import Sink, listening

HUB = "demo-webhooks"


class World:
    """A tenant, and an instance of the backbone that publishes to nobody but the test."""

    def __init__(self, clock: SetClock) -> None:
        self.clock = clock
        self.tenant = unique("tenant")
        self.woken: list[str] = []
        self.wiring = self.instance()

    def instance(self) -> Wiring:
        """Another one that shares nothing but the store."""
        made = Wiring(read_settings({**os.environ, "HYPHAE_HUB": HUB}), self.clock)
        made.publish = self._published  # type: ignore[method-assign]  # the topic is of no hub here
        return made

    def register(self, url: str, tenant: str = "", **changes: Any) -> Endpoint:
        draft = Draft(**{"url": url, "event_types": ("*",), **changes})
        return self.wiring.webhooks.register(tenant or self.tenant, draft)

    def event(self, **changes: Any) -> Event:
        base: dict[str, Any] = {
            "event_id": unique("event"),
            "event_type": "case_changed",
            "source": "SMP",
            "targets": (EVERYBODY,),
            "payload": {"n": 1, "text": "Ångström"},
            "tenant_id": self.tenant,
            "recorded_at": self.clock(),
        }
        return Event(**base | changes)

    def happen(self, **changes: Any) -> Event:
        """An event that is recorded, and of which the endpoints are told."""
        event = self.wiring.event_bus.emit(self.event(**changes)).event
        self.tell(event)
        return event

    def tell(self, event: Event, wiring: Wiring | None = None) -> None:
        (wiring or self.wiring).webhook_fan_out.tell(event, nanoseconds(utc_now()))

    def tick(self) -> None:
        """What the schedule and its messages do, until nobody wakes anybody."""
        self.wiring.webhook_retries.publish_due()
        self.see_to_woken()

    def see_to_woken(self) -> None:
        while self.woken:
            self.wiring.webhook_retries.see_to(self.woken.pop(0))

    def counted(self, costs: Costs) -> Wiring:
        """An instance whose calls to Firestore are counted."""
        made = self.instance()
        made.__dict__["hub"] = counted_client(HUB, costs)
        return made

    def deliveries(self, tenant: str = "") -> list[Delivery]:
        found = self.wiring.hub.collection("webhook_deliveries").get()
        mine = [read_delivery(row.id, row.to_dict() or {}) for row in found]
        wanted = [d for d in mine if d.tenant_id == (tenant or self.tenant)]
        return sorted(wanted, key=lambda d: d.recorded_at)

    def endpoint(self, endpoint: Endpoint) -> Endpoint:
        return self.wiring.webhooks.get(endpoint.webhook_id)

    def _published(self, topic: str, data: bytes, **attributes: str) -> None:
        """Of what other tests left in the store nothing is woken."""
        webhook_id = data.decode()
        if self.tenant in webhook_id:
            self.woken.append(webhook_id)


def nanoseconds(moment: datetime) -> int:
    return int(moment.astimezone(UTC).timestamp() * 1e9)


@pytest.fixture
def world(clock: SetClock) -> World:
    return World(clock)


@pytest.fixture
def sink() -> Iterator[Sink]:
    with listening() as made:
        yield made
