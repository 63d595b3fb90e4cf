"""Whole lives of worlds, each from its seed: any users, any delivery, any policies."""

import random
from collections.abc import Mapping, Sequence

from tests.unit.sync.eras import era_fault
from tests.unit.sync.losses import lost_silently
from tests.unit.sync.users import Crowd
from tests.unit.sync.world import NO_POLICIES, SECOND

SKEW = 300 * SECOND
ERAS = 0.1  # of the worlds have documents of several versions
MIXED: Sequence[Mapping[str, str]] = (
    NO_POLICIES,
    {"x": "counter", "y": "union", "z": "max"},
    {"x": "owner(demo-a)", "y": "prefer(demo-b)", "z": "custom(longest)"},
)


def lived(
    seed: int,
    projects: int,
    skew: int,
    policies: Mapping[str, str] = NO_POLICIES,
    wild: bool = True,
) -> Crowd:
    rng = random.Random(seed)
    world = Crowd(rng, projects, skew, policies)
    world.wild = wild
    world.restless, world.crashes = rng.choice((0.0, 0.1, 0.3)), rng.choice((0.0, 0.05, 0.2))
    world.live(rng.randint(1, 14), again=rng.choice((0.0, 0.3, 0.5)))
    return world


def fault(seed: int) -> str:
    """What is wrong with the world of this seed; empty if nothing is."""
    rng = random.Random(f"world {seed}")
    projects, skew, wild = rng.choice((2, 3)), rng.choice((0, SKEW)), rng.random() < 0.5
    policies = rng.choice(MIXED)
    try:
        if rng.random() < ERAS:
            return era_fault(seed)
        return _fault(lived(seed, projects, skew, policies, wild), wild)
    except AssertionError as failure:
        return f"seed {seed}: {failure}"


def faults(seeds: Sequence[int]) -> list[str]:
    return [f"seed {seed}: {found}" for seed in seeds if (found := fault(seed))]


def _fault(world: Crowd, wild: bool) -> str:
    if world.contents() != [world.truth()] * len(world.projects):
        return "the projects differ"
    if not wild and not world.policies and list(lost_silently(world)):
        return "a write was lost, and nobody was told"
    written = world.engine_writes
    world.queue = list(world.said)
    world.settle()
    return "told again, it wrote again" if world.engine_writes != written else ""
