"""What a sweep tells: lost changes as their own events would have, and nothing that is known."""

import random
from collections.abc import Mapping
from contextlib import suppress

import pytest

from shared.sync.models import Bury, Found, Keep, Place, Write
from tests.unit.sync.sweeping import sweep
from tests.unit.sync.users import Crowd, put, update
from tests.unit.sync.world import SECOND, Crash, World

A, B = "demo-a", "demo-b"
ONE, TWO, THREE = b"\x10\x01", b"\x10\x02", b"\x10\x03"
SKEW = 300 * SECOND


class Mortal(World):
    """Its worker dies at the write after so many."""

    left: int | None = None

    def commit(self, place: Place, found: Found, outcome: Keep | Bury, write: Write) -> None:
        if self.left == 0:
            raise Crash
        self.left = None if self.left is None else self.left - 1
        super().commit(place, found, outcome, write)


def known_to_both(**fields: bytes) -> Mortal:
    world = Mortal(random.Random(1))
    put(world, A, **fields)
    world.settle()
    world.now += 7200 * SECOND
    return world


def both(world: World) -> Mapping[str, bytes] | None:
    one, other = world.contents()
    assert one == other
    return one and {name: value for name, value in one.items() if name != "tenantId"}


@pytest.mark.parametrize("skew", [0, SKEW])
def test_whatever_is_lost_both_sides_end_alike_and_then_nothing_is_told(skew: int) -> None:
    for seed in range(60):
        rng = random.Random(seed)
        world = Crowd(rng, 2, skew)
        for _ in range(rng.randint(1, 8)):
            world.act()
            lost = [change for change in world.queue if rng.random() < 0.5]
            world.queue = [change for change in world.queue if change not in lost]
            world.settle()
        sweep(world)
        both(world)
        assert sweep(world) == 0, f"seed {seed}"


@pytest.mark.parametrize("seed", range(20))
def test_edits_of_different_fields_end_as_if_nothing_had_been_lost(seed: int) -> None:
    world, rng = known_to_both(x=ONE, y=ONE, z=ONE), random.Random(seed)
    mine = {A: ["x", "z"], B: ["y"]}
    for _ in range(rng.randint(1, 5)):
        name = rng.choice((A, B))
        value = rng.choice((TWO, THREE, None))
        update(world, name, {rng.choice(mine[name]): value})
    sweep(world)
    assert (both(world) or {}) == {
        n: v for n, v in (world.truth() or {}).items() if n != "tenantId"
    }


def test_of_edits_of_one_field_the_later_stays() -> None:
    world = known_to_both(x=ONE, y=ONE)
    update(world, B, {"x": TWO})
    update(world, A, {"x": THREE})
    sweep(world)
    assert both(world) == {"x": THREE, "y": ONE}


def test_what_the_other_side_learned_meanwhile_is_not_set_back() -> None:
    world = known_to_both(x=ONE, y=ONE)
    update(world, A, {"x": TWO})
    world.mirror.mirror(world.queue[0])
    world.projects[B].document = world.projects[B].history[0]
    update(world, B, {"y": TWO})
    sweep(world)
    assert both(world) == {"x": TWO, "y": TWO}


def test_it_is_told_with_the_moment_at_which_it_was_written() -> None:
    world = World(random.Random(1))
    put(world, A, x=ONE)
    written = world.projects[A].document
    assert written
    world.now += 7200 * SECOND
    sweep(world)
    found = world.projects[B].document
    assert found
    assert found.marks
    assert {stamp[:16] for stamp in found.marks.stamps.values()} == {
        f"{written.updated // 1000:016x}"
    }


def test_a_document_that_both_know_alike_is_told_to_nobody() -> None:
    world = known_to_both(x=ONE)
    assert sweep(world) == 0
    assert world.projects[A].document


@pytest.mark.parametrize("writes", range(4))
def test_a_worker_that_dies_between_its_writes_loses_no_edit(writes: int) -> None:
    world = known_to_both(x=ONE, y=ONE, z=ONE)
    update(world, A, {"x": TWO})
    update(world, B, {"y": TWO})
    world.left = writes
    with suppress(Crash):
        sweep(world)
    world.left = None
    sweep(world)
    assert both(world) == {"x": TWO, "y": TWO, "z": ONE}
    assert sweep(world) == 0
