"""Menus in Firestore, under their tenant; each change is committed with what is told of it."""

from collections.abc import Sequence
from typing import Any, NamedTuple

from google.cloud import firestore
from google.cloud.firestore_v1.base_query import FieldFilter

from shared.catalogue.models import ITEMS, Entry, Menu
from shared.events.models import Recording
from shared.platform import firestore as db
from shared.platform.wire import Wire

KEPT_BESIDE = ("tenantId", "version", "createdAt", "updatedAt", "updatedBy")


class Stored(NamedTuple):
    """An entry, and its update time to condition a write on."""

    entry: Entry
    updated: Any


class Menus:
    """`tenants/{tenantId}/menu_items/{id}` and `tenants/{tenantId}/menu_sections/{id}`."""

    def __init__(self, client: firestore.Client) -> None:
        self._client = client
        self._wire = Wire(client)

    def get(self, menu: Menu, entry_id: str) -> Stored | None:
        path = _path(menu, entry_id)
        found = self._wire.get([path]).get(path)
        return Stored(_entry(entry_id, found.document), found.updated) if found else None

    def page(self, menu: Menu, size: int, after: str) -> Sequence[Entry]:
        """At most `size` entries in the order of their ids, behind one; empty: from the first."""
        collection = self._collection(menu)
        query = collection.order_by("__name__").limit(size)
        if after:
            query = query.start_after({"__name__": collection.document(after)})
        return [_entry(entry_id, row) for entry_id, row in db.find(query)]

    def is_used(self, menu: Menu, section_id: str) -> bool:
        """Whether an item of the tenant is in the section."""
        items = self._collection(menu._replace(kind=ITEMS))
        within = items.where(filter=FieldFilter("categoryId", "==", section_id))
        return bool(db.find(within.limit(1)))

    def add(self, menu: Menu, entry: Entry, event: Recording) -> None:
        """Raises AlreadyThere where the entry is, or has been, and ChangedMeanwhile."""
        created = self._wire.creation(_path(menu, entry.entry_id), _document(menu, entry))
        self._wire.commit([created, self._wire.creation(*event)])

    def replace(self, menu: Menu, before: Stored, after: Entry, event: Recording) -> None:
        """Raises ChangedMeanwhile where it is not as it was found."""
        path = _path(menu, after.entry_id)
        changed = self._wire.updating(path, _document(menu, after), before.updated)
        self._wire.commit([changed, self._wire.creation(*event)])

    def remove(self, menu: Menu, before: Stored, event: Recording) -> None:
        """Raises ChangedMeanwhile where it is not as it was found."""
        removed = self._wire.deletion(_path(menu, before.entry.entry_id), before.updated)
        self._wire.commit([removed, self._wire.creation(*event)])

    def _collection(self, menu: Menu) -> firestore.CollectionReference:
        tenant = self._client.collection("tenants").document(menu.tenant.tenant_id)
        collection: firestore.CollectionReference = tenant.collection(menu.kind.collection)
        return collection


def _path(menu: Menu, entry_id: str) -> str:
    return f"tenants/{menu.tenant.tenant_id}/{menu.kind.collection}/{entry_id}"


def _document(menu: Menu, entry: Entry) -> dict[str, Any]:
    return {
        **entry.fields,
        "tenantId": menu.tenant.tenant_id,
        "version": entry.version,
        "createdAt": entry.created_at,
        "updatedAt": entry.updated_at,
        "updatedBy": entry.updated_by,
    }


def _entry(entry_id: str, row: dict[str, Any]) -> Entry:
    return Entry(
        entry_id=entry_id,
        fields={name: value for name, value in row.items() if name not in KEPT_BESIDE},
        version=row["version"],
        created_at=row["createdAt"],
        updated_at=row["updatedAt"],
        updated_by=row["updatedBy"],
    )
