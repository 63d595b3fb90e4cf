"""What became of every value that a user wrote. Asks nothing of the engine's own knowledge."""

from collections.abc import Iterator, Mapping
from typing import NamedTuple

from google.events.cloud.firestore import Value

from shared.sync.models import Change, Version
from tests.unit.sync.users import Crowd


class Entry(NamedTuple):
    """A value, by whom it was written, and when. No two entries have the same value."""

    project: str
    field: str
    value: bytes
    version: int


class Accounts(Crowd):
    """Users who edit and delete, and never write the same value twice."""

    _written = 0

    def act(self) -> None:
        here = self.projects[self.rng.choice(list(self.projects))]
        acts = (self._update, self._update, self._delete) if here.document else (self._set,)
        self.rng.choice(acts)(here)

    def unaccounted(self) -> list[Entry]:
        """Values that do not show, that no conflict tells, and that nobody replaced who saw them.

        Who writes in a project sees what it shows, and knows what was written there before.
        """
        shown = set((self.contents()[0] or {}).items())
        noted = {(one.loss.field, one.loss.loser.value) for one in self.overruled.values()}
        seen = {pair for change in self.said for pair in _replaced(change)}
        entries = [entry for change in self.said for entry in _entries(change)]
        known = shown | noted | seen
        missing = [entry for entry in entries if (entry.field, entry.value) not in known]
        return [entry for entry in missing if not self._outdated(entry)]

    def _outdated(self, entry: Entry) -> bool:
        """Whether the same project has replaced the field since, whatever it showed by then."""
        return any(
            change.place.project == entry.project
            and change.old is not None
            and change.old.updated >= entry.version
            and entry.field in {field for field, _ in _replaced(change)}
            for change in self.said
        )

    def _value(self) -> bytes:
        self._written += 1
        return bytes(Value.pb()(integer_value=self._written).SerializeToString())


def _replaced(change: Change) -> Iterator[tuple[str, bytes]]:
    before, after = _fields(change.old), _fields(change.new)
    yield from ((name, value) for name, value in before.items() if after.get(name) != value)


def _entries(change: Change) -> Iterator[Entry]:
    before, after = _fields(change.old), _fields(change.new)
    for name, value in after.items():
        if change.new and before.get(name) != value and name != "tenantId":
            yield Entry(change.place.project, name, value, change.new.updated)


def _fields(version: Version | None) -> Mapping[str, bytes]:
    return version.fields if version else {}
