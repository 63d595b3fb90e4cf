"""What is declared of streams: reducers by stream type, and upcasters by event type and version."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, NamedTuple

from shared.kernel.errors import Conflict
from shared.kernel.versions import newest_versions
from shared.streams.models import Data, StoredEvent

Upcaster = Callable[[Data], dict[str, Any]]


class Reducer(NamedTuple):
    """Folds an event's data, in its newest schema, into the aggregate's.

    Raise `version` with any change of it, or of an upcaster that it relies on: snapshots of another
    version are ignored.
    """

    name: str
    version: int
    apply: Callable[[Data, str, Data], Data]

    @property
    def mark(self) -> str:
        return f"{self.name}@{self.version}"


class UnknownSchema(Conflict):
    """The stream holds an event of a schema that only a newer deployment knows."""


def last_write(state: Data, _event_type: str, data: Data) -> Data:
    """Each top-level member has the value that was written last; null is a value as any other."""
    return {**state, **data}


GENERIC = Reducer("last-write", 1, last_write)


@dataclass(frozen=True, slots=True)
class Catalogue:
    """An upcaster under (event type, n) makes version n + 1 of version n, and does nothing else.

    An event type without one has version 1; a stream type without a reducer has the generic one.
    """

    reducers: Mapping[str, Reducer]
    upcasters: Mapping[tuple[str, int], Upcaster]
    newest: Mapping[str, int]

    def reducer(self, stream_type: str) -> Reducer:
        return self.reducers.get(stream_type, GENERIC)

    def knows(self, event_type: str, schema_version: int) -> bool:
        return 1 <= schema_version <= self.newest.get(event_type, 1)

    def upcast(self, event: StoredEvent) -> Data:
        """The event's data in the newest schema; raises UnknownSchema."""
        data, version, newest = (
            event.data,
            event.schema_version,
            self.newest.get(event.event_type, 1),
        )
        if version > newest:
            raise UnknownSchema(
                f"{event.event_type} is of schema {version}; known here is {newest}.",
                reason="unknown_schema",
            )
        for number in range(version, newest):
            data = self.upcasters[event.event_type, number](data)
        return data


def catalogue(
    reducers: Mapping[str, Reducer], upcasters: Mapping[tuple[str, int], Upcaster]
) -> Catalogue:
    """Raises ValueError for upcasters with a gap."""
    return Catalogue(reducers, upcasters, newest_versions(upcasters))
