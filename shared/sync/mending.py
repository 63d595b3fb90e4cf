"""Mend documents: tell the Mirror again what one side of a route has to say to the other.

What becomes of a page's documents is decided on what was found of them, and written in one commit
a project. If anybody was faster at one of them, each is mended by itself.
"""

import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import NamedTuple

from shared.kernel.settings import Settings
from shared.platform.firestore import ChangedMeanwhile
from shared.sync.bulk import Bulk, Planned
from shared.sync.lost import Overruled
from shared.sync.models import Bury, Change, Found, Keep, Place, Write
from shared.sync.refusals import DeadLetter, Refused
from shared.sync.routes import Mirrored, Route, mirrored_at
from shared.sync.service import Mirror, Records
from shared.sync.settle import Replicas


class Case(NamedTuple):
    """A document, what is to be told of it, and what was found of it on both sides."""

    document_id: str
    changes: Sequence[Change]
    found: Mapping[Place, Found]

    @property
    def alone(self) -> bool:
        return any(found.document is None for found in self.found.values())


@dataclass(frozen=True, slots=True)
class Outcome:
    """Ids of documents that were written on some side, and of those that could not be."""

    mended: set[str] = field(default_factory=set)
    refused: set[str] = field(default_factory=set)

    def __add__(self, other: "Outcome") -> "Outcome":
        return Outcome(self.mended | other.mended, self.refused | other.refused)


class Mender:
    """Merges nothing itself: the Mirror does, as it does for every other change."""

    def __init__(self, bulk: Bulk, records: Records, settings: Settings) -> None:
        self._bulk = bulk
        self._records = records
        self._settings = settings

    def mend(self, route: Route, cases: Sequence[Case]) -> Outcome:
        """Raises DependencyUnavailable; what is done by then stays done."""
        try:
            return self._together(route, cases)
        except (ChangedMeanwhile, Refused):
            return self._each(route, cases)

    def _together(self, route: Route, cases: Sequence[Case]) -> Outcome:
        """The first change of all, then the second of those that have one."""
        outcome = Outcome()
        known = {place: found for case in cases for place, found in case.found.items()}
        while cases:
            batch = _Batch(self._bulk, known)
            mirror = self._mirror(route, batch, outcome, sleep=_at_once)
            for case in cases:
                mirror.mirror(case.changes[0])
            batch.flush()
            cases = [c._replace(changes=c.changes[1:]) for c in cases if len(c.changes) > 1]
            known = dict(self._bulk.found([place for case in cases for place in case.found]))
        return outcome

    def _each(self, route: Route, cases: Sequence[Case]) -> Outcome:
        outcome = Outcome()
        mirror = self._mirror(route, self._bulk, outcome)
        for change in (change for case in cases for change in case.changes):
            mirror.mirror(change)
        return outcome

    def _mirror(
        self,
        route: Route,
        replicas: Replicas,
        outcome: Outcome,
        sleep: Callable[[float], None] = time.sleep,
    ) -> Mirror:
        noting, records = _Noting(replicas, outcome), _NotingRecords(self._records, outcome)
        only = Only(route, self._settings.alias)
        return Mirror(noting, only, records, self._settings, sleep)


class Only:
    """One route by itself, as it is now: others have runs of their own."""

    def __init__(self, route: Route, node_of: Callable[[str], str]) -> None:
        self._route = route
        self._node_of = node_of

    def at(self, project: str, collection: str) -> Mirrored | None:
        return mirrored_at([self._route], project, collection, self._node_of)


class _Batch:
    """Knows what was found, and keeps what is to be written until all is decided."""

    def __init__(self, bulk: Bulk, known: Mapping[Place, Found]) -> None:
        self._bulk = bulk
        self._known = known
        self._planned: dict[str, list[Planned]] = {}

    def read(self, place: Place, both: bool) -> Found:
        return self._known[place]

    def commit(self, place: Place, found: Found, outcome: Keep | Bury, write: Write) -> None:
        """A decision on anything else than what is known would fail all the others."""
        if found.document and found.document.updated != _updated(self._known[place]):
            raise ChangedMeanwhile
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


class _NotingRecords:
    """Notes which documents were refused; every run keeps the same letter of one version."""

    def __init__(self, inner: Records, outcome: Outcome) -> None:
        self._inner = inner
        self._outcome = outcome
        self._noted: set[tuple[str, str, str]] = set()

    def keep(self, letter: DeadLetter) -> None:
        version = letter.event_id.rpartition(":")[2]
        self._inner.keep(replace(letter, event_id=version))
        self._outcome.refused.add(letter.path.rpartition("/")[2])

    def note(self, overruled: Overruled) -> None:
        """Once, though each side comes upon it."""
        about = (
            overruled.change.place.document_id,
            overruled.loss.field,
            overruled.loss.loser.stamp,
        )
        if about not in self._noted:
            self._inner.note(overruled)
            self._noted.add(about)


def _at_once(_: float) -> None:
    """Nobody else decides on what is known to the batch."""


def _updated(found: Found) -> int:
    return found.document.updated if found.document else 0
