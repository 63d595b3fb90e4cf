"""The calls of a tenant's menu: its items (products) and sections (categories)."""

import re
from collections.abc import Mapping
from typing import Any, NamedTuple

from functions.sync.access import READ, WRITE, source_of, tenant_of
from functions.sync.area import area
from functions.sync.schemas import (
    ItemChanges,
    ItemPage,
    ItemRequest,
    ItemView,
    SectionChanges,
    SectionPage,
    SectionRequest,
    SectionView,
)
from shared.auth.models import Tenant
from shared.catalogue.models import ITEMS, SECTIONS, Entry, Kind, Menu
from shared.entry.http import Call, Reply
from shared.entry.wire import Nothing, PageQuery, Wire
from shared.kernel.errors import InvalidRequest
from shared.wiring import Wiring

MATCH = ("If-Match",)
VERSION_TAG = re.compile(r'(?:W/)?"([1-9][0-9]{0,15})"', re.ASCII)


class Calls(NamedTuple):
    """The five calls of a kind of entry: where they are, and what they take and give."""

    path: str
    id_name: str
    kind: Kind
    request: type[Wire]
    changes: type[Wire]
    view: type[Wire]
    page: type[Wire]

    def declare(self) -> None:
        one = f"{self.path}/<entry_id>"
        area.route("GET", self.path, PageQuery, self.page)(self.listed)
        once = area.route(
            "POST", self.path, self.request, self.view, status=201, headers=("Idempotency-Key",)
        )
        once(self.added)
        area.route("GET", one, Nothing, self.view)(self.found)
        area.route("PATCH", one, self.changes, self.view, headers=MATCH)(self.edited)
        area.route("DELETE", one, Nothing, None, headers=MATCH)(self.removed)

    def listed(self, call: Call[PageQuery], wiring: Wiring) -> Wire:
        menu = self._menu(call, wiring, READ)
        found = wiring.catalogue.page(menu, call.input.limit, call.input.cursor)
        items = tuple(self._members(entry) for entry in found.items)
        return self.page.model_validate({"items": items, "nextCursor": found.next_cursor})

    def found(self, call: Call[Nothing], wiring: Wiring) -> Reply:
        menu = self._menu(call, wiring, READ)
        return self._reply(wiring.catalogue.get(menu, call.path["entry_id"]))

    def added(self, call: Call[Wire], wiring: Wiring) -> Reply:
        """With an Idempotency-Key it is added once, however often it is asked for."""
        menu, key = self._menu(call, wiring, WRITE), None
        if "Idempotency-Key" in call.headers:
            key = call.idempotency_key
        fields = _stated(call.input.model_dump(by_alias=True), menu.tenant)
        made = wiring.catalogue.add(menu, fields, source_of(call.caller), key)
        return self._reply(made.entry, {"Idempotent-Replayed": "true"} if made.replay else {})

    def edited(self, call: Call[Wire], wiring: Wiring) -> Reply:
        menu, source = self._menu(call, wiring, WRITE), source_of(call.caller)
        changes = call.input.model_dump(by_alias=True, exclude_unset=True)
        entry_id, expected = call.path["entry_id"], _expected(call)
        return self._reply(wiring.catalogue.edit(menu, entry_id, changes, source, expected))

    def removed(self, call: Call[Nothing], wiring: Wiring) -> Reply:
        menu, source = self._menu(call, wiring, WRITE), source_of(call.caller)
        wiring.catalogue.remove(menu, call.path["entry_id"], source, _expected(call))
        return Reply(None)

    def _menu(self, call: Call[Any], wiring: Wiring, permission: str) -> Menu:
        return Menu(tenant_of(call, wiring, permission), self.kind)

    def _reply(self, entry: Entry, headers: Mapping[str, str] = {}) -> Reply:  # read only
        tagged = {"ETag": f'"{entry.version}"', **headers}
        return Reply(self.view.model_validate(self._members(entry)), tagged)

    def _members(self, entry: Entry) -> dict[str, Any]:
        return {
            self.id_name: entry.entry_id,
            **entry.fields,
            "version": entry.version,
            "createdAt": entry.created_at,
            "updatedAt": entry.updated_at,
            "updatedBy": entry.updated_by,
        }


def _stated(fields: dict[str, Any], tenant: Tenant) -> dict[str, Any]:
    """A price without a currency is in the tenant's."""
    unpriced = "currency" in fields and fields["currency"] is None
    return fields | {"currency": tenant.currency} if unpriced else fields


def _expected(call: Call[Any]) -> int | None:
    """The version in If-Match, an entity tag as answers carry it (RFC 9110); None for any.

    One that a proxy has weakened, because it compressed the answer, still names its version.
    """
    given = call.headers.get("If-Match", "*")
    tag = VERSION_TAG.fullmatch(given)
    if tag is None and given != "*":
        raise InvalidRequest("If-Match: the ETag of an answer.", reason="if_match")
    return int(tag[1]) if tag else None


Calls(
    "/tenants/<tenant_id>/products",
    "productId",
    ITEMS,
    ItemRequest,
    ItemChanges,
    ItemView,
    ItemPage,
).declare()
Calls(
    "/tenants/<tenant_id>/categories",
    "categoryId",
    SECTIONS,
    SectionRequest,
    SectionChanges,
    SectionView,
    SectionPage,
).declare()
