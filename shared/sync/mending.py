"""Mend documents: tell the Mirror again what one side of a route has to say to the other.

Documents that only one side has are most of a back-fill: their writes are collected, and go out
in one commit a project. What that meets is mended one by one.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import NamedTuple

from shared.kernel.settings import Settings
from shared.platform.firestore import ChangedMeanwhile
from shared.sync.bulk import Bulk, Planned
from shared.sync.conflicts import Overruled
from shared.sync.models import Bury, Change, DeadLetter, Found, Keep, Place, Refused, Write
from shared.sync.routes import Mirrored, Route, mirrored_at
from shared.sync.service import Mirror, Records
from shared.sync.settle import Replicas


class Case(NamedTuple):
    """A document and what is to be told of it; `found` is all that there is to know of it, if it
    stands on one side alone."""

    document_id: str
    changes: Sequence[Change]
    found: Mapping[Place, Found]


@dataclass(frozen=True, slots=True)
class Outcome:
    """Ids of documents that were written on some side, and of those that could not be."""

    mended: set[str] = field(default_factory=set)
    refused: set[str] = field(default_factory=set)

    def __add__(self, other: "Outcome") -> "Outcome":
        return Outcome(self.mended | other.mended, self.refused | other.refused)


class Mender:
    """Merges nothing itself: the Mirror does, as it does for every other change."""

    def __init__(self, bulk: Bulk, letters: Records, settings: Settings) -> None:
        self._bulk = bulk
        self._letters = letters
        self._settings = settings

    def mend(self, route: Route, cases: Sequence[Case]) -> Outcome:
        """Raises DependencyUnavailable; what is done by then stays done."""
        alone = [case for case in cases if case.found]
        outcome = self._together(route, alone)
        if outcome is None:
            return self._each(route, cases)
        rest = self._each(route, [case for case in cases if not case.found])
        return outcome + rest

    def _together(self, route: Route, cases: Sequence[Case]) -> Outcome | None:
        """None if it has to be done one by one."""
        outcome = Outcome()
        batch = _Batch(self._bulk, {p: f for case in cases for p, f in case.found.items()})
        self._tell(route, batch, cases, outcome)
        try:
            batch.flush()
        except (ChangedMeanwhile, Refused):
            return None
        return outcome

    def _each(self, route: Route, cases: Sequence[Case]) -> Outcome:
        outcome = Outcome()
        self._tell(route, self._bulk, cases, outcome)
        return outcome

    def _tell(
        self, route: Route, replicas: Replicas, cases: Sequence[Case], outcome: Outcome
    ) -> None:
        noting, letters = _Noting(replicas, outcome), _Letters(self._letters, outcome)
        mirror = Mirror(noting, Only(route, self._settings.alias), letters, self._settings)
        for change in (change for case in cases for change in case.changes):
            mirror.mirror(change)


class Only:
    """One route by itself, as it is now: others have runs of their own."""

    def __init__(self, route: Route, node_of: Callable[[str], str]) -> None:
        self._route = route
        self._node_of = node_of

    def at(self, project: str, collection: str) -> Mirrored | None:
        return mirrored_at([self._route], project, collection, self._node_of)


class _Batch:
    """Knows what was found, and keeps what is to be written until all is decided."""

    def __init__(self, bulk: Bulk, found: Mapping[Place, Found]) -> None:
        self._bulk = bulk
        self._found = found
        self._planned: dict[str, list[Planned]] = {}

    def read(self, place: Place, both: bool) -> Found:
        return self._found[place]

    def commit(self, place: Place, found: Found, outcome: Keep | Bury, write: Write) -> None:
        one = Planned(place, found, outcome, write)
        self._planned.setdefault(place.project, []).append(one)

    def flush(self) -> None:
        for project, planned in self._planned.items():
            self._bulk.commit_all(project, planned)


class _Noting:
    """Notes which documents were written."""

    def __init__(self, inner: Replicas, outcome: Outcome) -> None:
        self._inner = inner
        self._outcome = outcome

    def read(self, place: Place, both: bool) -> Found:
        return self._inner.read(place, both)

    def commit(self, place: Place, found: Found, outcome: Keep | Bury, write: Write) -> None:
        self._inner.commit(place, found, outcome, write)
        self._outcome.mended.add(place.document_id)


class _Letters:
    """Notes which documents were refused; every run keeps the same letter of one version."""

    def __init__(self, inner: Records, outcome: Outcome) -> None:
        self._inner = inner
        self._outcome = outcome

    def keep(self, letter: DeadLetter) -> None:
        version = letter.event_id.rpartition(":")[2]
        self._inner.keep(replace(letter, event_id=version))
        self._outcome.refused.add(letter.path.rpartition("/")[2])

    def note(self, overruled: Overruled) -> None:
        self._inner.note(overruled)
