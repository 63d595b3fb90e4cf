"""Streams, their events, and what they add up to."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from types import MappingProxyType
from typing import Any, NamedTuple

Data = Mapping[str, Any]
NOTHING: Data = MappingProxyType({})


class Stream(NamedTuple):
    """One aggregate's events, in a tenant. Its type stands before the first `-` of its id."""

    tenant_id: str
    stream_id: str

    @property
    def type(self) -> str:
        return self.stream_id.partition("-")[0]


class Draft(NamedTuple):
    """An event to append; `personal` names the members of `data` to seal."""

    event_type: str
    data: Data
    schema_version: int = 1
    personal: Sequence[str] = ()


class Publication(NamedTuple):
    """Who tells the event bus of what is appended, and which products are to hear it."""

    source: str
    targets: Sequence[str]


@dataclass(frozen=True, slots=True)
class Append:
    """Events to append at once behind `expected_version`; `operation` names what is done once.

    `subject` is whom the stream's personal data is about: the same in every append.
    """

    operation: str
    expected_version: int
    drafts: Sequence[Draft]
    subject: str
    publish: Publication | None = None

    @property
    def version(self) -> int:
        return self.expected_version + len(self.drafts)

    @property
    def is_personal(self) -> bool:
        return any(draft.personal for draft in self.drafts)


class Appended(NamedTuple):
    """The stream's version behind the append; `replay` when it was done before."""

    version: int
    replay: bool


class StoredEvent(NamedTuple):
    """One event as it was recorded, for good.

    In the store the members named `personal` hold sealed text. Outside they are opened; those
    that cannot be, or are not to be, are null and named in `redacted`.
    """

    stream_id: str
    version: int
    event_type: str
    schema_version: int
    data: Data
    personal: Sequence[str]
    subject: str
    recorded_at: datetime
    redacted: Sequence[str] = ()


class Record(NamedTuple):
    """What an idempotency key was used for. `seal` is a mark of the personal values."""

    version: int
    fingerprint: str
    seal: str


class State(NamedTuple):
    """The aggregate at a version.

    `personal`: there is personal data in it; `redacted`: there was more that cannot be read.
    """

    version: int = 0
    data: Data = NOTHING
    personal: bool = False
    redacted: bool = False


class Snapshot(NamedTuple):
    """A state as it is stored: JSON, sealed if it is personal. Good for one reducer alone."""

    version: int
    reducer: str
    content: str
    subject: str
    personal: bool
    redacted: bool


class Search(NamedTuple):
    """Which events of a tenant's streams, by type and time: from the beginning, before the end."""

    tenant_id: str
    types: Sequence[str] = ()
    begins: datetime | None = None
    ends: datetime | None = None


class Position(NamedTuple):
    """An event's place in a tenant's history."""

    recorded_at: datetime
    stream_id: str
    version: int
