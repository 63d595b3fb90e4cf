"""Whole lives of worlds, each from its seed: any users, any delivery, any policies."""

import random
from collections.abc import Mapping, Sequence
from typing import NamedTuple, TypeVar

from tests.unit.sync.accounts import Accounts
from tests.unit.sync.eras import era_fault
from tests.unit.sync.sweeping import sweep_all
from tests.unit.sync.users import Crowd
from tests.unit.sync.world import NO_POLICIES, SECOND

SKEW = 300 * SECOND
ERAS = 0.1  # of the worlds have documents of several versions
LOST = 0.5  # of the events of a lossy world never come
MIXED: Sequence[Mapping[str, str]] = (
    NO_POLICIES,
    {"x": "counter", "y": "union", "z": "max"},
    {"x": "owner(demo-a)", "y": "prefer(demo-b)", "z": "custom(longest)"},
)
C = TypeVar("C", bound=Crowd)


class Kind(NamedTuple):
    """What a world is like.

    Its projects, how far their clocks are off, and its policies. In a wild one some drop the marks
    or write old copies back; of a lossy one many events never come, and a sweep comes after.
    """

    projects: int = 2
    skew: int = 0
    policies: Mapping[str, str] = NO_POLICIES
    wild: bool = True
    lossy: bool = False


def lived(seed: int, kind: Kind, crowd: type[C]) -> C:
    rng = random.Random(seed)
    world = crowd(rng, kind.projects, kind.skew, kind.policies)
    world.wild, world.lossy = kind.wild, LOST if kind.lossy else 0.0
    world.restless, world.crashes = rng.choice((0.0, 0.1, 0.3)), rng.choice((0.0, 0.05, 0.2))
    world.live(rng.randint(1, 14), again=rng.choice((0.0, 0.3, 0.5)))
    if kind.lossy:
        world.now += 7_200 * SECOND
        sweep_all(world)
    return world


def kind_of(seed: int) -> Kind:
    rng = random.Random(f"world {seed}")
    projects, skew, policies = rng.choice((2, 3)), rng.choice((0, SKEW)), rng.choice(MIXED)
    return Kind(projects, skew, policies, wild=rng.random() < 0.5, lossy=rng.random() < 0.3)


def fault(seed: int) -> str:
    """What is wrong with the world of this seed; empty if nothing is."""
    rng, kind = random.Random(f"users {seed}"), kind_of(seed)
    try:
        if rng.random() < ERAS:
            return era_fault(seed)
        crowd: type[Crowd] = rng.choice((Accounts, Accounts, Crowd))
        return _fault(lived(seed, kind, crowd), kind)
    except AssertionError as failure:
        return str(failure)


def faults(seeds: Sequence[int]) -> list[str]:
    return [f"seed {seed}: {found}" for seed in seeds if (found := fault(seed))]


def _fault(world: Crowd, kind: Kind) -> str:
    contents = world.contents()
    expected = contents[0] if kind.lossy else world.truth()
    if contents != [expected] * len(contents):
        return "the projects differ"
    if isinstance(world, Accounts) and world.unaccounted():
        return f"writes were lost, and nobody was told: {world.unaccounted()}"
    return "told again, it wrote again" if _is_restless(world, kind) else ""


def _is_restless(world: Crowd, kind: Kind) -> bool:
    """Whether it still writes when all is told again, or swept again."""
    written = world.engine_writes
    if kind.lossy:
        sweep_all(world)
    else:
        world.queue = list(world.said)
        world.settle()
    return world.engine_writes != written
