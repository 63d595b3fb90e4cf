"""A tenant's menu and the state of its products, as they are decided upon and stored."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, NamedTuple

from shared.auth.models import Tenant

PENDING, SYNCING, SUCCESS, ERROR = "pending", "syncing", "success", "error"


class Kind(NamedTuple):
    """What a menu is made of: where it is kept, and the names its events and payloads have."""

    collection: str
    event: str
    payload: str


ITEMS = Kind("menu_items", "menu_item", "menuItem")
SECTIONS = Kind("menu_sections", "menu_section", "menuSection")


class Menu(NamedTuple):
    """The items, or the sections, of one tenant."""

    tenant: Tenant
    kind: Kind


@dataclass(frozen=True, slots=True)
class Entry:
    """An item or a section. `version` is 1 when it is added, and grows by one with each change."""

    entry_id: str
    fields: Mapping[str, Any]
    version: int
    created_at: datetime
    updated_at: datetime
    updated_by: str


class Added(NamedTuple):
    """An entry that is there now; `replay` when the same key had added it before."""

    entry: Entry
    replay: bool


class Place(NamedTuple):
    """How far a walk through a menu has come: behind this entry of this collection."""

    collection: str = SECTIONS.collection
    after: str = ""


class Part(NamedTuple):
    """What a walk through a menu finds at a time, and where the next begins; None at the end."""

    sections: Sequence[Entry]
    items: Sequence[Entry]
    following: Place | None


@dataclass(frozen=True, slots=True)
class Run:
    """A manual sync. It is under way until it has ended; `place` is what it does next."""

    run_id: str
    requested_at: datetime
    place: Place = field(default_factory=Place)
    parts: int = 0
    ended_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class TenantSync:
    """How far one product has taken over what its tenant has.

    `started_at` is when it last began to sync, `last_sync_at` when it last succeeded.
    """

    product_type: str
    sync_status: str = PENDING
    sync_config: Mapping[str, Any] = field(default_factory=dict)
    error: str | None = None
    started_at: datetime | None = None
    last_sync_at: datetime | None = None
    updated_at: datetime | None = None
    run: Run | None = None

    @property
    def running(self) -> bool:
        return self.run is not None and self.run.ended_at is None


class Report(NamedTuple):
    """What a product says of its own sync; without a configuration it keeps the one it has."""

    sync_status: str
    sync_config: Mapping[str, Any] | None = None
    error: str | None = None
