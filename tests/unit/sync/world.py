"""A small world for sync: projects in memory, users who stamp nothing, and unfair delivery."""

import random
from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from shared.kernel.settings import DEFAULT_TIERS, Settings
from shared.platform.firestore import ChangedMeanwhile
from shared.sync import changes
from shared.sync.lattice import merge
from shared.sync.models import (
    Bury,
    Change,
    DeadLetter,
    Found,
    Keep,
    Peer,
    Place,
    Replica,
    Tombstone,
    Version,
    Write,
)
from shared.sync.service import Mirror

TENANT = b"\x8a\x01\x01t"
SECOND = 1_000_000
FIELDS = ("x", "y", "z")
COLLECTION = "cases"
DOCUMENT = "1"


def settings_of(projects: int) -> Settings:
    names = {alias: f"demo-{alias}" for alias in "abc"[:projects]}
    return Settings(True, "demo-hub", names, "us-central1", b"", DEFAULT_TIERS)


@dataclass
class Project:
    """One project's document, its tombstone, and everything that ever stood there."""

    name: str
    skew: int = 0
    document: Version | None = None
    tombstone: Tombstone | None = None
    clock: int = 0
    history: list[Version] = field(default_factory=list)


class World:
    """Projects that mirror one document among all of them; time moves as they are used."""

    def __init__(self, rng: random.Random, projects: int, skew: int = 0) -> None:
        self.rng = rng
        self.settings = settings_of(projects)
        self.projects = {
            name: Project(name, rng.randint(-skew, skew))
            for name in self.settings.projects.values()
        }
        self.now = 1_000 * SECOND
        self.queue: list[Change] = []
        self.user_changes: list[Change] = []
        self.engine_writes = 0
        self.disturb = 0.0
        self.mirror = Mirror(self, self, self, self.settings, sleep=lambda _: None)

    def keep(self, letter: DeadLetter) -> None:
        raise AssertionError(f"a dead letter: {letter}")

    def peers(self, project: str, collection: str) -> list[Peer]:
        return [Peer(name, COLLECTION, "tenantId") for name in self.projects if name != project]

    def read(self, place: Place, both: bool) -> Found:
        here = self.projects[place.project]
        told = here.document is not None and here.document.marks is not None
        looked = both or not told
        return Found(here.document, here.tombstone if looked else None, looked)

    def commit(self, place: Place, found: Found, outcome: Keep | Bury, write: Write) -> None:
        if self.rng.random() < self.disturb:
            self.user_acts(self.rng.choice(list(self.projects)))
        here = self.projects[place.project]
        if here.document != found.document or (found.looked and here.tombstone != found.tombstone):
            raise ChangedMeanwhile
        self.engine_writes += 1
        if isinstance(outcome, Bury):
            moment = self._moment(here)
            here.tombstone = replace(outcome.tombstone, updated=moment)
            if outcome.remove:
                self._store(here, None, None, moment, engine=True)
            return
        moment = self._moment(here)
        stored = dict(found.document.fields) if found.document else {}
        fields = {**stored, **outcome.changes}
        marks = replace(outcome.marks, write=replace(write, at=moment))
        kept = {name: value for name, value in fields.items() if value is not None}
        self._store(here, kept, marks, moment, engine=True)

    def user_acts(self, project: str) -> None:
        here = self.projects[project]
        acts = (
            [self._update, self._update, self._revert, self._set, self._write_back, self._delete]
            if here.document
            else [self._set, self._write_back]
        )
        self.rng.choice(acts)(here)

    def put(self, project: str, fields: Mapping[str, bytes]) -> None:
        """What a client's set() does: the document is these fields, without marks."""
        here = self.projects[project]
        self._store(here, {"tenantId": TENANT, **fields}, None, self._moment(here))

    def update(self, project: str, changes: Mapping[str, bytes | None]) -> None:
        """What a client's update() does: these fields change, the marks stay."""
        here = self.projects[project]
        assert here.document
        fields = {n: v for n, v in {**here.document.fields, **changes}.items() if v is not None}
        self._store(here, fields, here.document.marks, self._moment(here))

    def delete(self, project: str) -> None:
        here = self.projects[project]
        self._store(here, None, None, self._moment(here))

    def deliver(self, again: float) -> None:
        """One event, any one; with that probability it will come again."""
        change = self.queue.pop(self.rng.randrange(len(self.queue)))
        if self.rng.random() < again:
            self.queue.append(change)
        self.mirror.mirror(change)

    def settle(self, again: float = 0.0) -> None:
        budget = 200 + 40 * len(self.user_changes)
        while self.queue:
            budget -= 1
            assert budget, "the system does not fall silent"
            self.deliver(again)

    def truth(self) -> Replica:
        """The join of all that users said."""
        known = Replica()
        for change in self.user_changes:
            node = self.settings.alias(change.place.project)
            known = merge(known, changes.said_by(change, node))
        return known

    def contents(self) -> list[Mapping[str, bytes] | None]:
        return [here.document.fields if here.document else None for here in self.projects.values()]

    def _update(self, here: Project) -> None:
        value = None if self.rng.random() < 0.2 else self._value()
        self.update(here.name, {self.rng.choice(FIELDS): value})

    def _revert(self, here: Project) -> None:
        assert here.document
        name = self.rng.choice(FIELDS)
        before = here.document.fields.get(name)
        self.update(here.name, {name: self._value()})
        self.update(here.name, {name: before})

    def _set(self, here: Project) -> None:
        chosen = self.rng.sample(FIELDS, self.rng.randint(0, len(FIELDS)))
        self.put(here.name, {name: self._value() for name in chosen})

    def _write_back(self, here: Project) -> None:
        if not here.history:
            return
        if here.document is None:
            self.now += 10 * SECOND
        old = self.rng.choice(here.history)
        fields = dict(old.fields)
        if self.rng.random() < 0.5:
            fields[self.rng.choice(FIELDS)] = self._value()
        self._store(here, fields, old.marks, self._moment(here))

    def _delete(self, here: Project) -> None:
        self.delete(here.name)

    def _value(self) -> bytes:
        return b"\x10" + bytes([self.rng.randrange(4)])

    def _moment(self, here: Project) -> int:
        self.now += self.rng.choice((1, 1_000, SECOND))
        here.clock = max(here.clock + 1, self.now + here.skew)
        return here.clock * 1_000

    def _store(
        self,
        here: Project,
        fields: Mapping[str, bytes] | None,
        marks: object,
        moment: int,
        engine: bool = False,
    ) -> None:
        old = here.document
        if old and (fields, marks) == (old.fields, old.marks):
            return  # without effect, as in Firestore
        created = old.created if old else moment
        new = None if fields is None else Version(fields, marks, created, moment)  # type: ignore[arg-type]
        here.document = new
        if new:
            here.history.append(new)
        place = Place(here.name, COLLECTION, DOCUMENT)
        change = Change(place, f"e{moment}", moment // 1_000, old, new)
        self.queue.append(change)
        if not engine:
            self.user_changes.append(change)
