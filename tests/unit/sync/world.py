"""A small world for sync: one document in several projects, and unfair delivery between them."""

import random
from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from shared.kernel.settings import DEFAULT_TIERS, Settings
from shared.platform.firestore import ChangedMeanwhile
from shared.sync import changes
from shared.sync.lattice import merge
from shared.sync.lost import Overruled
from shared.sync.models import (
    Bury,
    Change,
    Found,
    Keep,
    Marks,
    Peer,
    Place,
    Replica,
    Tombstone,
    Version,
    Write,
)
from shared.sync.refusals import DeadLetter
from shared.sync.routes import Mirrored
from shared.sync.scopes import Reading, Scope, scope_of
from shared.sync.service import Mirror

TENANT = b"\x8a\x01\x01t"
SECOND = 1_000_000  # in microseconds
NO_POLICIES: Mapping[str, str] = {}
COLLECTION, DOCUMENT = "cases", "1"


class Crash(Exception):
    """A worker died, before or after its write."""


@dataclass
class Project:
    """One project's document and tombstone, its clock, and every version that stood there."""

    name: str
    skew: int = 0
    document: Version | None = None
    tombstone: Tombstone | None = None
    clock: int = 0
    history: list[Version] = field(default_factory=list)


class World:
    """Projects that mirror a document among all of them. Time moves with every write."""

    def __init__(
        self,
        rng: random.Random,
        projects: int = 2,
        skew: int = 0,
        policies: Mapping[str, str] = NO_POLICIES,
    ) -> None:
        aliases = {alias: f"demo-{alias}" for alias in "abc"[:projects]}
        self.rng = rng
        self.settings = Settings(True, "demo-hub", aliases, b"", DEFAULT_TIERS)
        self.projects = {name: Project(name, rng.randint(-skew, skew)) for name in aliases.values()}
        self.now = 1_000 * SECOND
        self.queue: list[Change] = []
        self.said: list[Change] = []
        self.overruled: dict[tuple[str, str], Overruled] = {}
        self.policies = policies
        reading = Reading("tenantId", None, frozenset(policies.items()))
        self.scope: Scope = scope_of(reading, self.settings.alias)
        self.engine_writes = 0
        self.crashes = 0.0
        self.swept: tuple[str, ...] = ()  # the projects of the one route that a sweep holds
        self.mirror = Mirror(self, self, self, self.settings, sleep=lambda _: None)

    def keep(self, letter: DeadLetter) -> None:
        raise AssertionError(f"not mirrored: {letter}")

    def note(self, overruled: Overruled) -> None:
        self.overruled[overruled.loss.loser.stamp, overruled.loss.field] = overruled

    def at(self, project: str, collection: str) -> Mirrored | None:
        joined = self.swept or self.projects
        peers = [Peer(name, COLLECTION) for name in joined if name != project]
        return Mirrored(self.scope, peers, self.policies)

    def read(self, place: Place, both: bool) -> Found:
        here = self.projects[place.project]
        looked = both or here.document is None or here.document.marks is None
        return Found(here.document, here.tombstone if looked else None, looked)

    def commit(self, place: Place, found: Found, outcome: Keep | Bury, write: Write) -> None:
        here = self.projects[place.project]
        self.meanwhile(here)
        changed = _updated(here.document) != _updated(found.document)
        if changed or (found.looked and here.tombstone != found.tombstone):
            raise ChangedMeanwhile
        self._crash()
        self.engine_writes += 1
        moment = self.moment(here)
        if isinstance(outcome, Keep):
            self.store(here, *_kept(here, outcome, write, moment), moment, by_user=False)
        else:
            here.tombstone = replace(outcome.tombstone, updated=moment)
            if outcome.remove:
                self.store(here, None, None, moment, by_user=False)
        self._crash()

    def meanwhile(self, here: Project) -> None:
        """What others do between a read and its commit."""

    def moment(self, here: Project) -> int:
        """The time of a commit there, in nanoseconds; no two are alike."""
        self.now += self.rng.choice((1, 1_000, SECOND))
        here.clock = max(here.clock + 1, self.now + here.skew)
        return here.clock * 1_000

    def store(
        self,
        here: Project,
        fields: Mapping[str, bytes] | None,
        marks: Marks | None,
        moment: int,
        by_user: bool = True,
    ) -> None:
        old = here.document
        if (old and (old.fields, old.marks)) == (None if fields is None else (fields, marks)):
            return  # no effect, no version, no event
        created = old.created if old else moment
        here.document = None if fields is None else Version(fields, marks, created, moment)
        here.history += [here.document] if here.document else []
        place = Place(here.name, COLLECTION, DOCUMENT)
        change = Change(place, f"e{moment}", moment // 1_000, old, here.document)
        self.queue.append(change)
        self.said += [change] if by_user else []

    def deliver(self, again: float = 0.0) -> None:
        """Any event; with that probability it comes again, after a crash it surely does."""
        change = self.queue.pop(self.rng.randrange(len(self.queue)))
        try:
            self.mirror.mirror(change)
        except Crash:
            self.queue.append(change)
        else:
            self.queue += [change] if self.rng.random() < again else []

    def settle(self, again: float = 0.0) -> None:
        """Deliver until nothing is left."""
        self.crashes = 0.0
        for _ in range(200 + 60 * len(self.said)):
            if not self.queue:
                return
            self.deliver(again)
        raise AssertionError("the system does not fall silent")

    def truth(self) -> Mapping[str, bytes] | None:
        """The document as it follows from all that users said, in no order at all."""
        known = Replica()
        for change in self.said:
            alias = self.settings.alias(change.place.project)
            seen = self.scope.change(change)
            known = merge(known, changes.said_by(seen, alias, scope=self.scope))
        shown = {name: shown.value for name, shown in self.scope.shown(known).items()}
        return {n: v for n, v in shown.items() if v is not None} if known.cells else None

    def contents(self) -> list[Mapping[str, bytes] | None]:
        stored = [here.document for here in self.projects.values()]
        return [None if document is None else document.fields for document in stored]

    def _crash(self) -> None:
        if self.rng.random() < self.crashes:
            raise Crash


def _updated(version: Version | None) -> int:
    return version.updated if version else 0


def _kept(
    here: Project, keep: Keep, write: Write, moment: int
) -> tuple[Mapping[str, bytes], Marks]:
    after = {**(here.document.fields if here.document else {}), **keep.changes}
    marks = replace(keep.marks, write=replace(write, at=moment))
    return {name: value for name, value in after.items() if value is not None}, marks
