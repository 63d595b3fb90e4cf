"""What became of every value that a user wrote. Asks nothing of the engine's own knowledge."""

from collections.abc import Iterator, Mapping
from typing import NamedTuple

from google.events.cloud.firestore import Value

from shared.sync.models import Change, Version
from shared.sync.registers import COUNT, SET
from shared.sync.stamps import Stamp, node_of
from tests.unit.sync.users import FIELDS, Crowd, update


class Entry(NamedTuple):
    """A value that somebody wrote, and where. No two have the same, but for old copies."""

    project: str
    field: str
    value: bytes


class Accounts(Crowd):
    """Users who never think of the same value twice."""

    _written = 0

    def unaccounted(self) -> list[Entry]:
        """Values that do not show, that no conflict tells, and that nobody replaced who saw them.

        Sets and counts are left out: of several values they make one.
        """
        shown = {pair for content in self.contents() for pair in (content or {}).items()}
        noted = {(one.loss.field, one.loss.loser.value) for one in self.overruled.values()}
        seen = {pair for change in self.said for pair in _replaced(change)}
        known, entries = shown | noted | seen, [e for c in self.said for e in self._entries(c)]
        return [entry for entry in entries if (entry.field, entry.value) not in known]

    def misread(self) -> list[Entry]:
        """Values that stand as written by a project where nobody wrote them. Plain fields only."""
        authors = {(self.settings.alias(e.project), *e[1:]) for c in self.said for e in _stated(c)}
        return [
            Entry(here.name, name, value)
            for here in self.projects.values()
            for name, value, stamp in _marked(here.document)
            if (node_of(stamp), name, value) not in authors
        ]

    def _entries(self, change: Change) -> Iterator[Entry]:
        before, after = _fields(change.old), _fields(change.new)
        new = {name: value for name, value in after.items() if before.get(name) != value}
        for name, value in new.items():
            if name != "tenantId" and self.scope.kind(name) not in (SET, COUNT):
                yield Entry(change.place.project, name, value)

    def _value(self) -> bytes:
        self._written += 1
        return bytes(Value.pb()(integer_value=self._written).SerializeToString())


class Editors(Accounts):
    """Who do nothing but change a field, in any project at any time."""

    def act(self) -> None:
        here = self.projects[self.rng.choice(list(self.projects))]
        if here.document:
            update(self, here.name, {self.rng.choice(FIELDS): self._value()})
        else:
            self._set(here)


def _stated(change: Change) -> Iterator[Entry]:
    """What a user stated: without marks, all that stands there."""
    before = _fields(change.old) if change.new and change.new.marks else {}
    for name, value in _fields(change.new).items():
        if before.get(name) != value:
            yield Entry(change.place.project, name, value)


def _marked(version: Version | None) -> Iterator[tuple[str, bytes, Stamp]]:
    stamps = version.marks.stamps if version and version.marks else {}
    for name, value in _fields(version).items():
        if name in stamps:
            yield name, value, stamps[name]


def _replaced(change: Change) -> Iterator[tuple[str, bytes]]:
    before, after = _fields(change.old), _fields(change.new)
    yield from ((name, value) for name, value in before.items() if after.get(name) != value)


def _fields(version: Version | None) -> Mapping[str, bytes]:
    return version.fields if version else {}
