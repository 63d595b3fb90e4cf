"""Products of several deployments beside each other: some write documents as they once were."""

import random
from collections.abc import Mapping

from shared.sync.refusals import DeadLetter
from shared.sync.registers import encoded
from shared.sync.schemas import SCHEMA_VERSION, From, Schema
from shared.sync.scopes import Reading, Scope
from tests.unit.sync.users import FIELDS, Crowd, put, update
from tests.unit.sync.world import SECOND, Project


def _text(value: object) -> object:
    return f"number {value}" if isinstance(value, int) else value


SCHEMA = Schema("test", [{"w": From("x", _text)}, {"d": From("y"), "e": From("y", _text)}])
NEWEST = ("w", "d", "e", "z")


class Eras(Crowd):
    """Users of the first project write version 1, those of the others the newest.

    An old product that replaces a document does so in its own version; it edits the fields that it
    knows in any. `deployed` is whether the engine knows the newest, and `ahead` whether the newer
    products are there before it does.
    """

    def __init__(self, rng: random.Random, projects: int = 2, skew: int = 0) -> None:
        super().__init__(rng, projects, skew)
        self.letters: dict[str, DeadLetter] = {}
        self.ahead = True
        self.deploy(SCHEMA)

    def deploy(self, schema: Schema) -> None:
        """From now on the engine knows these versions; what it refused is tried again."""
        digest = Reading("tenantId", None, frozenset(), schema.name).digest
        self.scope = Scope(digest=digest, schema=schema)
        self.queue += [change for change in self.said if change.event_id in self.letters]
        self.letters = {}

    def keep(self, letter: DeadLetter) -> None:
        assert letter.cause == "UNKNOWN_SCHEMA_VERSION"
        self.letters[letter.event_id] = letter

    def seen(self) -> list[Mapping[str, bytes] | None]:
        """The contents in the newest version."""
        stored = [here.document for here in self.projects.values()]
        return [None if one is None else self.scope.visible(one).fields for one in stored]

    def _set(self, here: Project) -> None:
        chosen = self.rng.sample(self._fields(here), self.rng.randint(0, len(FIELDS)))
        put(self, here.name, **{name: self._value() for name in chosen}, **self._named(here))

    def _update(self, here: Project) -> None:
        """What is older a newer product replaces."""
        assert here.document
        named = here.document.fields.get(SCHEMA_VERSION)
        if not self._is_old(here) and named != encoded(SCHEMA.newest):
            self._set(here)
            return
        value = None if self.rng.random() < 0.2 else self._value()
        update(self, here.name, {self.rng.choice(self._fields(here)): value})

    def _stamped(self, here: Project) -> None:
        """No product stamps what has a schema: only the engine knows all its versions."""
        self._set(here)

    def _revert(self, here: Project) -> None:
        before = here.document
        self._set(here)
        if before:
            put(self, here.name, **{n: v for n, v in before.fields.items() if n != "tenantId"})

    def _fields(self, here: Project) -> tuple[str, ...]:
        return FIELDS if self._is_old(here) else NEWEST

    def _named(self, here: Project) -> Mapping[str, bytes]:
        return {} if self._is_old(here) else {SCHEMA_VERSION: encoded(SCHEMA.newest)}

    def _is_old(self, here: Project) -> bool:
        return not self.ahead or here.name == next(iter(self.projects))


def era(seed: int) -> Eras:
    """A world of several versions; in two of three the engine learns of them in the middle."""
    rng = random.Random(f"era {seed}")
    world = Eras(rng, rng.choice((2, 3)), rng.choice((0, 300 * SECOND)))
    world.wild = rng.random() < 0.5
    world.restless, world.crashes = rng.choice((0.0, 0.1, 0.3)), rng.choice((0.0, 0.05, 0.2))
    if seed % 3:
        world.ahead = seed % 3 == 1
        world.deploy(Schema(SCHEMA.name))
        _live(world, rng.randint(1, 8))
        world.ahead = True
        world.deploy(SCHEMA)
    world.live(rng.randint(0, 8), again=rng.choice((0.0, 0.3, 0.5)))
    return world


def era_fault(seed: int) -> str:
    """What is wrong with the world of this seed; empty if nothing is.

    What the engine could not read when it came, it reads from another version than truth does.
    """
    world = era(seed)
    seen, told_in_time = world.seen(), seed % 3 != 1
    if seen != [seen[0]] * len(seen) or (seed % 3 == 0 and seen[0] != world.truth()):
        return "the projects differ"
    if world.letters:
        return "what is known by now was refused"
    written = world.engine_writes
    world.queue = list(world.said) if told_in_time else []
    world.settle()
    return "told again, it wrote again" if world.engine_writes != written else ""


def _live(world: Eras, acts: int) -> None:
    for _ in range(acts):
        world.act()
        for _ in range(world.rng.randint(0, 4)):
            if world.queue:
                world.deliver(again=0.3)
