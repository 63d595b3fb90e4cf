"""Events and their deliveries as they are decided upon and stored."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, NamedTuple

EVERYBODY = "*"
BACKBONE = "hyphae"  # the source of what happens here: nobody else's
PENDING, LEASED, DONE, FAILED, DEAD = "pending", "leased", "done", "failed", "dead"
RETRYABLE, PERMANENT, POISON = "retryable", "permanent", "poison"


@dataclass(frozen=True, slots=True)
class Event:
    """Something that happened, for the products in `targets` (`*`: all of them).

    `recorded_at` is the store's time once it is stored, the emitter's before. `replays` has the
    last replay of each consumer that was told again.
    """

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
    replays: Mapping[str, str] = field(default_factory=dict)


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
    """Which events to list, oldest first: of all tenants where none is named.

    They were recorded at `since` or later, and before `until`.
    """

    tenant_id: str | None
    target: str | None = None
    types: Sequence[str] = ()
    processed: bool | None = None
    since: datetime | None = None
    until: datetime | None = None


class Position(NamedTuple):
    """A place in the order of all events."""

    recorded_at: datetime
    event_id: str


class Cause(NamedTuple):
    """Why an attempt failed: one word, whether another may help, and what was said."""

    code: str
    outcome: str
    reason: str = ""


@dataclass(frozen=True, slots=True)
class Delivery:
    """What has become of an event at one consumer.

    `next_attempt_at` is when it is due (again): the end of the lease while it is leased, and
    None once it is done or dead.
    """

    event_id: str
    consumer: str
    tenant_id: str | None
    event_type: str
    recorded_at: datetime
    status: str = PENDING
    attempts: int = 0
    next_attempt_at: datetime | None = None
    lease_id: str | None = None
    last_error: Cause | None = None
    replay_id: str | None = None
    ended_at: datetime | None = None

    @property
    def name(self) -> str:
        return f"{self.event_id}__{self.consumer}"


@dataclass(frozen=True, slots=True)
class Lease:
    """An event that one worker holds until the lease ends; `updated` proves it to the store."""

    event: Event
    delivery: Delivery
    updated: Any = None
