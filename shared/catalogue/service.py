"""Use cases of a menu: list, add, edit and remove its entries, each told exactly once."""

from collections.abc import Mapping
from contextlib import suppress
from typing import Any

from shared.catalogue import rules
from shared.catalogue.models import SECTIONS, Added, Entry, Menu
from shared.catalogue.store import Menus, Stored
from shared.events.models import Event, Recording
from shared.events.service import EventBus
from shared.kernel.clock import Clock
from shared.kernel.errors import (
    Conflict,
    DependencyUnavailable,
    FieldError,
    IdempotencyKeyReused,
    NotFound,
    ValidationFailed,
)
from shared.kernel.ids import derived_id, new_id
from shared.kernel.pages import Page, decode_id, encode_cursor
from shared.platform.firestore import (
    ATTEMPTS,
    AlreadyThere,
    ChangedMeanwhile,
    OutcomeUnknown,
    pause,
)

Fields = Mapping[str, Any]


class Catalogue:
    """A change and the event that tells of it are one commit: there are both, or neither."""

    def __init__(self, menus: Menus, bus: EventBus, clock: Clock) -> None:
        self._menus = menus
        self._bus = bus
        self._clock = clock

    def page(self, menu: Menu, limit: int, cursor: str | None) -> Page[Entry]:
        """Entries in the order of their ids."""
        scope = f"{menu.kind.collection}:{menu.tenant.tenant_id}"
        found = self._menus.page(menu, limit + 1, decode_id(cursor, scope) if cursor else "")
        more = len(found) > limit
        return Page(
            found[:limit], encode_cursor(scope, found[limit - 1].entry_id) if more else None
        )

    def get(self, menu: Menu, entry_id: str) -> Entry:
        return self._found(menu, entry_id).entry

    def add(self, menu: Menu, fields: Fields, source: str, key: str | None) -> Added:
        """A new entry. The same key again is answered with the entry as it was added.

        Raises IdempotencyKeyReused where the key has added another one.
        """
        entry = rules.added(_id(menu, key), fields, source, self._clock())
        if not self._has_section(menu, fields):
            return self._added_before(menu, entry)
        event = self._bus.recording(rules.addition(menu, entry))
        replay = True
        for attempt in range(ATTEMPTS):
            try:
                self._menus.add(menu, entry, event)
            except AlreadyThere:
                return Added(self._first(menu, entry), replay)
            except ChangedMeanwhile as failure:
                replay = replay and not isinstance(failure, OutcomeUnknown)
                pause(attempt)
            else:
                return Added(entry, replay=False)
        raise DependencyUnavailable(reason="contention")

    def edit(
        self, menu: Menu, entry_id: str, changes: Fields, source: str, expected: int | None
    ) -> Entry:
        """The entry with other fields. What changes nothing is not told, nor written."""
        if not self._has_section(menu, changes):
            raise _no_section()
        after: Entry | None = None
        for attempt in range(ATTEMPTS):
            before = self._found(menu, entry_id)
            if before.entry == after:  # the outcome was not known, and now it is
                return after
            rules.require_version(before.entry, expected)
            after = rules.edited(before.entry, changes, source, self._clock())
            if after is before.entry:
                return after
            event = self._recorded(rules.update(menu, before.entry, after))
            with suppress(ChangedMeanwhile):
                self._menus.replace(menu, before, after, event)
                return after
            pause(attempt)
        raise DependencyUnavailable(reason="contention")

    def remove(self, menu: Menu, entry_id: str, source: str, expected: int | None) -> None:
        """Raises Conflict for a section that items are in."""
        before: Stored | None = self._found(menu, entry_id)
        if menu.kind is SECTIONS and self._menus.is_used(menu, entry_id):
            raise Conflict("There are products in it.", reason="section_in_use")
        for attempt in range(ATTEMPTS):
            if before is None:
                return
            rules.require_version(before.entry, expected)
            last = rules.removed(before.entry, source, self._clock())
            with suppress(ChangedMeanwhile):
                self._menus.remove(menu, before, self._recorded(rules.removal(menu, last)))
                return
            pause(attempt)
            before = self._menus.get(menu, entry_id)
        raise DependencyUnavailable(reason="contention")

    def _recorded(self, event: Event) -> Recording:
        return self._bus.recording(event)

    def _found(self, menu: Menu, entry_id: str) -> Stored:
        found = self._menus.get(menu, entry_id)
        if found is None:
            raise NotFound(reason=menu.kind.collection)
        return found

    def _first(self, menu: Menu, wanted: Entry) -> Entry:
        """The entry that the key added, whatever has become of it since."""
        told = self._bus.get(rules.addition_id(menu, wanted.entry_id))
        if told.payload["fields"] != wanted.fields:
            raise IdempotencyKeyReused(reason="fields")
        return rules.of_addition(wanted.entry_id, told)

    def _added_before(self, menu: Menu, wanted: Entry) -> Added:
        """A repeated request gets its answer though the section is gone by now."""
        try:
            return Added(self._first(menu, wanted), replay=True)
        except NotFound:
            raise _no_section() from None

    def _has_section(self, menu: Menu, fields: Fields) -> bool:
        """An item is in no section, or in one that its own tenant has."""
        section = fields.get("categoryId")
        sections = menu._replace(kind=SECTIONS)
        return menu.kind is SECTIONS or not section or bool(self._menus.get(sections, section))


def _no_section() -> ValidationFailed:
    return ValidationFailed([FieldError("/categoryId", "not_found")])


def _id(menu: Menu, key: str | None) -> str:
    """A key names one entry of its tenant, for ever."""
    return derived_id("menu", menu.tenant.tenant_id, menu.kind.collection, key) if key else new_id()
