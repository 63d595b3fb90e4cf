"""A restaurant with a menu, and runs whose messages wait until a test delivers them."""

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from google.cloud.firestore_v1.base_query import FieldFilter

from shared.auth.models import Tenant
from shared.catalogue.messages import RunMessage
from shared.catalogue.models import ITEMS, SECTIONS, Entry, Menu
from shared.catalogue.runs import Syncing
from shared.catalogue.syncs import TenantSyncs
from shared.wiring import Wiring
from tests.builders import unique

ITEM = {"name": "Taco", "price": 450, "currency": "USD", "categoryId": None}
SECTION = {"name": "Tacos", "position": 0}


@pytest.fixture
def tenant(wiring: Wiring) -> Tenant:
    name = unique("tenant")
    wiring.tenants.put_tenant(name, name, "Las Reinas", ("ORDERING", "SMP"))
    return wiring.directory.tenant(name)


@pytest.fixture
def fill(wiring: Wiring, tenant: Tenant) -> Callable[[int, int], None]:
    """Sections and items, so many of each."""

    def filled(sections: int, items: int) -> None:
        for kind, fields, count in ((SECTIONS, SECTION, sections), (ITEMS, ITEM, items)):
            for _ in range(count):
                wiring.catalogue.add(Menu(tenant, kind), fields, "ORDERING", None)

    return filled


class Line:
    """What was published; `deliver` takes one message."""

    def __init__(self, wiring: Wiring) -> None:
        self.sent: list[RunMessage] = []
        self.traces: list[str | None] = []
        self.syncing = syncing(wiring, self.publish)

    def publish(self, data: bytes, **attributes: str) -> None:
        self.traces.append(attributes.get("traceparent"))
        self.sent.append(RunMessage.model_validate_json(data))

    def deliver(self) -> None:
        self.syncing.go_on(self.sent.pop(0))


def syncing(wiring: Wiring, publish: Callable[..., None]) -> Syncing:
    stores = wiring.menus, TenantSyncs(wiring.hub)
    return Syncing(wiring.directory, *stores, wiring.event_bus, publish, wiring.clock)


@pytest.fixture
def line(wiring: Wiring) -> Line:
    return Line(wiring)


def parts(wiring: Wiring, tenant: Tenant) -> list[dict[str, Any]]:
    """What runs told the tenant's products, in their order."""
    mine = FieldFilter("tenantId", "==", tenant.tenant_id)
    found = (r.to_dict() or {} for r in _events(wiring).where(filter=mine).get())
    republished = (row for row in found if row["eventType"] == "menu_republished")
    return sorted((row["payload"] for row in republished), key=lambda payload: payload["part"])


def _events(wiring: Wiring) -> Any:
    return wiring.hub.collection("ecosystem_events")


def all_entries(wiring: Wiring, tenant: Tenant) -> Iterator[Entry]:
    for kind in (SECTIONS, ITEMS):
        yield from wiring.menus.page(Menu(tenant, kind), 100, "")
