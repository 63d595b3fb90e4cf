"""Counts whose own changes are still to come, come late, or never."""

import random
from collections.abc import Sequence

from shared.sync.rules import PATIENCE_US
from tests.unit.sync.sweeping import sweep
from tests.unit.sync.test_policies import A, B, value
from tests.unit.sync.users import put, update
from tests.unit.sync.world import World


def counting(at_first: int) -> World:
    world = World(random.Random(1), policies={"x": "counter"})
    put(world, A, x=value(at_first))
    world.settle()
    return world


def counts(world: World) -> Sequence[bytes | None]:
    return [(content or {}).get("x") for content in world.contents()]


def added_later(world: World, count: int) -> None:
    """What waits is lost; after more than an hour the other project counts to this."""
    world.queue = []
    world.now += 2 * PATIENCE_US
    update(world, B, {"x": value(count)})
    world.settle()


def test_what_nobody_told_of_is_still_to_be_told_where_others_added_to_it() -> None:
    world = counting(1)
    update(world, A, {"x": value(3)})
    added_later(world, 11)
    assert counts(world) == [value(13), value(11)]
    sweep(world)
    assert counts(world) == [value(13), value(13)]


def test_what_a_user_wrote_is_not_taken_for_told_where_the_marks_know_another_count() -> None:
    world = counting(1)
    here = world.projects[A]
    update(world, A, {"x": value(3)})
    untold = here.document
    world.deliver()
    here.document = untold  # the worker died before it stamped what the other project knows now
    update(world, A, {"x": value(5)})
    added_later(world, 13)
    assert counts(world) == [value(15), value(13)]
    update(world, A, {"x": value(11)})
    world.queue = []
    sweep(world)
    assert counts(world) == [value(11), value(11)]


def test_a_count_whose_marks_were_dropped_stands_until_its_own_change_is_told() -> None:
    world = counting(10)
    update(world, A, {"x": value(14)})
    world.settle()
    put(world, A, x=value(14), y=value(1))
    own = world.queue.pop()
    update(world, B, {"x": value(15)})
    world.settle()
    assert counts(world) == [value(14), value(15)]
    world.mirror.mirror(own)
    assert counts(world) == [value(15), value(15)]


def test_a_count_without_marks_is_noted_where_it_is_set_back() -> None:
    world = counting(10)
    put(world, A, x=value(12))
    added_later(world, 15)
    assert counts(world) == [value(15), value(15)]
    assert [one.loss.loser.value for one in world.overruled.values()] == [value(12)]
