"""Pure decisions on a menu: what a change makes of an entry, and what is told of it."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

from shared.auth.models import Tenant
from shared.catalogue.models import ITEMS, SECTIONS, Entry, Kind, Menu, Part, Run
from shared.events.models import BACKBONE, EVERYBODY, Event
from shared.kernel.clock import rfc3339
from shared.kernel.errors import Conflict
from shared.kernel.ids import derived_uuid

Fields = Mapping[str, Any]
TICK = timedelta(microseconds=1)


def added(entry_id: str, fields: Fields, source: str, now: datetime) -> Entry:
    return Entry(entry_id, fields, 1, now, now, source)


def edited(before: Entry, changes: Fields, source: str, now: datetime) -> Entry:
    """The entry with other fields; the entry itself where nothing is different.

    So a product may write back what it was told, and nothing is told again.
    """
    if all(before.fields.get(name) == value for name, value in changes.items()):
        return before
    return _next(replace(before, fields={**before.fields, **changes}), source, now)


def removed(before: Entry, source: str, now: datetime) -> Entry:
    """The entry as its removal tells of it: the last version."""
    return _next(before, source, now)


def require_version(entry: Entry, expected: int | None) -> None:
    """Raises Conflict where somebody else has changed the entry since it was read."""
    if expected not in (None, entry.version):
        raise Conflict("It was changed meanwhile.", reason="version", version=entry.version)


def addition_id(menu: Menu, entry_id: str) -> str:
    return _event_id(menu, entry_id, 1)


def addition(menu: Menu, entry: Entry) -> Event:
    return _told(menu, "added", entry, sorted(entry.fields))


def update(menu: Menu, before: Entry, after: Entry) -> Event:
    changed = [name for name, value in after.fields.items() if before.fields.get(name) != value]
    return _told(menu, "updated", after, sorted(changed))


def removal(menu: Menu, entry: Entry) -> Event:
    return _told(menu, "removed", entry, ())


def of_addition(entry_id: str, event: Event) -> Entry:
    """The entry as it was when it was added, from what was told then."""
    fields, at = event.payload["fields"], event.payload["updatedAt"]
    return added(entry_id, fields, event.source, datetime.fromisoformat(at))


def audience(tenant: Tenant, source: str) -> Sequence[str]:
    """Whom a change is told: the tenant's other products. Who made it does not hear it back."""
    others = tuple(product for product in tenant.products if product != source)
    return others or (EVERYBODY,)


def payload(kind: Kind, entry: Entry) -> dict[str, Any]:
    """An entry as events carry it, in full: whoever hears of it need not ask."""
    return {
        f"{kind.payload}Id": entry.entry_id,
        f"{kind.payload}Name": entry.fields["name"],
        "version": entry.version,
        "updatedAt": rfc3339(entry.updated_at),
        "fields": dict(entry.fields),
    }


def republication(tenant: Tenant, product: str, run: Run, part: Part, now: datetime) -> Event:
    """A part of the whole menu, for the product alone.

    After the `last` one it may drop what no part had and it was told of before `requestedAt`.
    """
    told = {
        "runId": run.run_id,
        "requestedAt": rfc3339(run.requested_at),
        "part": run.parts + 1,
        "last": part.following is None,
        "sections": [payload(SECTIONS, entry) for entry in part.sections],
        "items": [payload(ITEMS, entry) for entry in part.items],
    }
    return Event(
        event_id=derived_uuid("menu-run", run.run_id, str(run.parts)),
        event_type="menu_republished",
        source=BACKBONE,
        targets=(product,),
        payload=told,
        tenant_id=tenant.tenant_id,
        recorded_at=now,
        subject=run.run_id,
    )


def _next(entry: Entry, source: str, now: datetime) -> Entry:
    """An entry's versions are in the order of their times, whatever its writers' clocks say."""
    later = max(now, entry.updated_at + TICK)
    return replace(entry, version=entry.version + 1, updated_at=later, updated_by=source)


def _told(menu: Menu, verb: str, entry: Entry, changed: Sequence[str]) -> Event:
    tenant, kind = menu
    return Event(
        event_id=_event_id(menu, entry.entry_id, entry.version),
        event_type=f"{kind.event}_{verb}",
        source=entry.updated_by,
        targets=audience(tenant, entry.updated_by),
        payload=payload(kind, entry) | {"changed": list(changed)},
        tenant_id=tenant.tenant_id,
        recorded_at=entry.updated_at,
        subject=entry.entry_id,
    )


def _event_id(menu: Menu, entry_id: str, version: int) -> str:
    tenant, kind = menu
    return derived_uuid("menu", tenant.tenant_id, kind.collection, entry_id, str(version))
