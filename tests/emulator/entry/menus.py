"""Menus as tests ask for them, and what is told of them."""

from collections.abc import Sequence
from typing import Any

from google.cloud.firestore_v1.base_query import FieldFilter

from shared.wiring import Wiring
from tests.emulator.entry.clients import Client

IDS = {"products": "productId", "categories": "categoryId"}
EVENTS = {"products": "menu_item", "categories": "menu_section"}
TACO: dict[str, Any] = {"name": "Taco", "price": 450, "currency": "USD"}
NEW: dict[str, dict[str, Any]] = {"products": TACO, "categories": {"name": "Tacos"}}


def at(tenant: str, *parts: str) -> str:
    return "/".join(["/tenants", tenant, *parts])


def added(client: Client, restaurant: str, kind: str = "products", **more: Any) -> str:
    """A new entry's path."""
    made = client.send("POST", at(restaurant, kind), NEW[kind] | more)
    assert made.status_code == 201
    return at(restaurant, kind, made.get_json()[IDS[kind]])


def told(wiring: Wiring, tenant: str) -> list[dict[str, Any]]:
    """The tenant's events, oldest first."""
    mine = FieldFilter("tenantId", "==", tenant)
    rows = wiring.hub.collection("ecosystem_events").where(filter=mine).get()
    return sorted((row.to_dict() or {} for row in rows), key=lambda row: row["recordedAt"])


def in_short(events: Sequence[dict[str, Any]]) -> list[tuple[str, int, Sequence[str]]]:
    """Type, version and targets of each."""
    return [(e["eventType"], e["payload"]["version"], tuple(e["targets"])) for e in events]
