"""Sweeps of a world: each two of its projects are held to each other until neither has news."""

from collections.abc import Sequence
from itertools import combinations

from shared.sync.models import Change, Place
from shared.sync.sweep import MOST_ROUNDS
from shared.sync.untold import Held, to_tell
from tests.unit.sync.world import COLLECTION, DOCUMENT, World

MOST_SWEEPS = 6


def held(world: World, name: str) -> Held:
    here = world.projects[name]
    tombstone = None if here.document and here.document.marks else here.tombstone
    return Held(Place(name, COLLECTION, DOCUMENT), here.document, tombstone, world.scope)


def sweep(world: World, one: str = "demo-a", other: str = "demo-b") -> int:
    """How often something was told. As in a run, what both sides spoke of is looked at again."""
    told = 0
    for _ in range(MOST_ROUNDS):
        changes = to_tell(held(world, one), held(world, other), "run")
        _tell(world, changes, one, other)
        told += len(changes)
        if not changes:
            break
    return told


def sweep_all(world: World) -> None:
    """Every route by itself, until none has anything to tell."""
    for _ in range(MOST_SWEEPS):
        if sum(sweep(world, *pair) for pair in combinations(world.projects, 2)) == 0:
            return
    raise AssertionError("the sweeps do not fall silent")


def _tell(world: World, changes: Sequence[Change], one: str, other: str) -> None:
    world.swept = (one, other)
    for change in changes:
        world.mirror.mirror(change)
    world.swept = ()
