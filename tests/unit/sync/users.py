"""What users do to their project's document. None of them stamps anything."""

import random
from collections.abc import Mapping
from dataclasses import replace

from shared.sync.credible import CLIENT_AHEAD_US
from shared.sync.rules import PATIENCE_US
from shared.sync.stamping import stamped
from tests.unit.sync.world import NO_POLICIES, SECOND, TENANT, Project, World

FIELDS = ("x", "y", "z")
LONG_RESTS = 0.03


def put(world: World, project: str, **fields: bytes) -> None:
    """A client's set(): these fields are the document, and the marks are gone."""
    here = world.projects[project]
    world.store(here, {"tenantId": TENANT, **fields}, None, world.moment(here))


def update(world: World, project: str, changes: Mapping[str, bytes | None]) -> None:
    """A client's update(): these fields change, all else stays, the marks too."""
    here = world.projects[project]
    assert here.document
    after = {**here.document.fields, **changes}
    kept = {name: value for name, value in after.items() if value is not None}
    world.store(here, kept, here.document.marks, world.moment(here))


def delete(world: World, project: str) -> None:
    here = world.projects[project]
    world.store(here, None, None, world.moment(here))


class Crowd(World):
    """A world whose users do anything at any time, between a read and its commit as well."""

    def __init__(
        self,
        rng: random.Random,
        projects: int = 2,
        skew: int = 0,
        policies: Mapping[str, str] = NO_POLICIES,
    ) -> None:
        super().__init__(rng, projects, skew, policies)
        self.restless = 0.0
        self.wild = True  # some drop the marks, or write old copies back with theirs
        self.lossy = 0.0  # how many events never come

    def meanwhile(self, here: Project) -> None:
        if self.rng.random() < self.restless:
            self.act()

    def act(self) -> None:
        here = self.projects[self.rng.choice(list(self.projects))]
        wild = [self._set, self._write_back] if self.wild else []
        there = [self._update, self._stamped, self._revert, self._delete, *wild]
        fresh = [self._set, self._stamped, *wild]
        self.rng.choice(there if here.document else fresh)(here)

    def edit(self) -> None:
        """An edit of one field, or a new document."""
        here = self.projects[self.rng.choice(list(self.projects))]
        self.rng.choice((self._update, self._stamped))(here) if here.document else self._set(here)

    def count(self, number: int) -> None:
        """Somebody adds so much, and a few deliveries are made."""
        here = self.projects[self.rng.choice(list(self.projects))]
        assert here.document
        before = here.document.fields["x"][1]
        update(self, here.name, {"x": bytes([0x10, before + number])})
        for _ in range(self.rng.randint(0, 3)):
            if self.queue:
                self.deliver(again=0.5)

    def live(self, acts: int, again: float) -> None:
        """So many acts, with deliveries in between; then everybody rests until all is told."""
        for _ in range(acts):
            self._rest()
            self.act()
            self._lose()
            for _ in range(self.rng.randint(0, 4)):
                if self.queue:
                    self.deliver(again)
        self.restless = 0.0
        self.settle(again)

    def _rest(self) -> None:
        """Now and then nobody does anything for longer than changes are waited for."""
        if self.rng.random() < LONG_RESTS:
            self.now += 2 * PATIENCE_US

    def _lose(self) -> None:
        if self.lossy:
            self.queue = [one for one in self.queue if self.rng.random() >= self.lossy]

    def _update(self, here: Project) -> None:
        value = None if self.rng.random() < 0.2 else self._value()
        update(self, here.name, {self.rng.choice(FIELDS): value})

    def _stamped(self, here: Project) -> None:
        """A product's own stamps; a clock that is half a minute ahead is not believed."""
        chosen = {name: self._value() for name in self.rng.sample(FIELDS, 2)}
        old, moment = here.document, self.moment(here)
        fields = {**(old.fields if old else {"tenantId": TENANT}), **chosen}
        clock_us = moment // 1_000 + self.rng.randint(-30 * SECOND, 30 * SECOND)
        marks = stamped(old, fields, self.settings.alias(here.name), clock_us)
        if marks is None:
            self.store(here, fields, old.marks if old else None, moment)
        elif clock_us > moment // 1_000 + CLIENT_AHEAD_US:
            self.store(here, fields, None, moment)
        elif marks.write:
            written = replace(marks, write=replace(marks.write, at=moment))
            self.store(here, fields, written, moment)

    def _revert(self, here: Project) -> None:
        name = self.rng.choice(FIELDS)
        before = here.document.fields.get(name) if here.document else None
        update(self, here.name, {name: self._value()})
        update(self, here.name, {name: before})

    def _set(self, here: Project) -> None:
        chosen = self.rng.sample(FIELDS, self.rng.randint(0, len(FIELDS)))
        put(self, here.name, **{name: self._value() for name in chosen})

    def _write_back(self, here: Project) -> None:
        """An old copy with its old marks. One of a document that is gone is some seconds old."""
        if not here.history:
            return
        old = self.rng.choice(here.history)
        if here.document is None:
            self.now += 10 * SECOND
        fields = dict(old.fields)
        if self.rng.random() < 0.5:
            fields[self.rng.choice(FIELDS)] = self._value()
        self.store(here, fields, old.marks, self.moment(here))

    def _delete(self, here: Project) -> None:
        delete(self, here.name)

    def _value(self) -> bytes:
        return b"\x10" + bytes([self.rng.randrange(4)])
