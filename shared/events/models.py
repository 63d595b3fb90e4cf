"""Events as they are decided upon and stored."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, NamedTuple

EVERYBODY = "*"


@dataclass(frozen=True, slots=True)
class Event:
    """Something that happened, for the products in `targets` (`*`: all of them)."""

    event_id: str
    event_type: str
    source: str
    targets: Sequence[str]
    payload: Mapping[str, Any]
    tenant_id: str | None
    recorded_at: datetime
    subject: str | None = None
    schema_version: int = 1
    done_by: Sequence[str] = ()
    processed: bool = False
    fingerprint: str = ""


@dataclass(frozen=True, slots=True)
class Recorded:
    """An event that is stored; `replay` when it had been before."""

    event: Event
    replay: bool


class Recording(NamedTuple):
    """An event as a document, for a commit of its emitter's own."""

    path: str
    document: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Filter:
    """Which events to list, oldest first. Without a tenant: those of all."""

    tenant_id: str | None
    target: str | None = None
    types: Sequence[str] = ()
    processed: bool | None = None
