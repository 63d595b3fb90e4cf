"""Which writes are noted: those that the engine takes out of a document, unseen by the winner."""

import random
from dataclasses import replace

from shared.sync.models import Tombstone
from shared.sync.stamps import stamp_at
from tests.unit.sync.sweeping import sweep
from tests.unit.sync.test_scenarios import ONE, THREE, TWO, A, B, both, world_with
from tests.unit.sync.users import delete, put, update
from tests.unit.sync.world import SECOND, World

FOUR = b"\x10\x04"


def noted(world: World) -> list[tuple[str, bytes | None]]:
    losses = [overruled.loss for overruled in world.overruled.values()]
    return sorted((loss.field, loss.loser.value) for loss in losses)


def test_of_two_edits_at_once_the_one_that_is_set_back_is_noted_once() -> None:
    world = world_with(x=ONE)
    update(world, B, {"x": TWO})
    update(world, A, {"x": THREE})
    world.settle(again=0.5)
    assert (both(world), noted(world)) == ({"x": THREE}, [("x", TWO)])


def test_a_removal_that_is_set_back_is_noted_too() -> None:
    world = world_with(x=ONE)
    update(world, B, {"x": None})
    update(world, A, {"x": THREE})
    world.settle(again=0.5)
    assert (both(world), noted(world)) == ({"x": THREE}, [("x", None)])


def test_who_has_seen_a_write_overrules_it_silently_whatever_comes_first() -> None:
    world = world_with(x=ONE, y=ONE)
    update(world, A, {"x": TWO})
    world.mirror.mirror(world.queue.pop())
    update(world, B, {"x": THREE})
    update(world, B, {"x": FOUR})
    for change in reversed(world.said):
        world.mirror.mirror(change)
    world.settle()
    assert (both(world), noted(world)) == ({"x": FOUR, "y": ONE}, [])


def test_who_has_seen_a_later_write_has_not_seen_another_field_that_came_before() -> None:
    world = World(random.Random(3), projects=3)
    put(world, A, x=ONE, y=ONE)
    world.settle()
    update(world, A, {"y": TWO})
    update(world, "demo-c", {"y": THREE})
    update(world, A, {"x": TWO})
    early, other, late = world.queue
    world.queue = []
    world.mirror.mirror(late)
    update(world, B, {"y": FOUR})
    world.queue += [early, other]
    world.settle(again=0.5)
    assert ("y", THREE) in noted(world)


def test_a_deletion_notes_what_its_author_had_not_seen_and_nothing_else() -> None:
    world = world_with(x=ONE, y=ONE)
    update(world, B, {"x": TWO})
    delete(world, A)
    world.settle(again=0.5)
    assert (both(world), noted(world)) == (None, [("x", TWO)])


def test_of_one_write_of_two_fields_a_deleter_may_have_seen_one() -> None:
    world = World(random.Random(3))
    put(world, A, x=ONE, y=ONE)
    world.settle()
    update(world, B, {"x": TWO, "y": TWO})
    update(world, A, {"x": THREE})
    there, _ = world.queue
    world.mirror.mirror(there)
    delete(world, A)
    world.settle(again=0.5)
    assert both(world) is None
    assert ("x", TWO) in noted(world)


def test_what_is_made_anew_and_deleted_with_its_predecessor_is_noted() -> None:
    world = world_with(x=ONE)
    ahead = stamp_at(world.now + 60 * SECOND, "b")
    for here in world.projects.values():
        assert here.document
        assert here.document.marks
        marks = replace(here.document.marks, stamps=dict.fromkeys(here.document.fields, ahead))
        here.document = replace(here.document, marks=marks)
    delete(world, A)
    put(world, A, x=TWO)
    world.settle(again=0.5)
    assert both(world) is None
    assert ("x", TWO) in noted(world)


def test_what_a_sweep_overrules_is_noted() -> None:
    world = world_with(x=ONE, y=ONE)
    update(world, A, {"x": TWO})
    update(world, B, {"x": THREE})
    world.queue = []
    world.now += 7200 * SECOND
    sweep(world)
    world.settle()
    assert (both(world), noted(world)) == ({"x": THREE, "y": ONE}, [("x", TWO)])


def test_what_nobody_told_of_is_noted_where_it_is_set_back_at_last() -> None:
    world = world_with(x=ONE, y=ONE)
    update(world, A, {"x": TWO, "y": TWO})
    world.queue = []
    world.now += 7200 * SECOND
    update(world, B, {"x": THREE})
    world.settle()
    assert noted(world) == [("x", TWO)]
    sweep(world)
    world.settle()
    assert (both(world), noted(world)) == ({"x": THREE, "y": TWO}, [("x", TWO)])


def test_a_tombstone_of_earlier_times_knows_by_plain_stamps() -> None:
    world = world_with(x=ONE)
    here, there = world.projects[A], world.projects[B]
    assert there.document
    assert there.document.marks
    stamp = there.document.marks.stamps["x"]
    here.document = None
    here.tombstone = Tombstone(stamp_at(world.now + SECOND, "b"), knew=(stamp,), updated=5_000)
    sweep(world, B, A)
    assert (both(world), noted(world)) == (None, [])


def test_what_was_told_under_another_policy_hides_no_write() -> None:
    world = world_with(x=ONE)
    policies = {"x": "max"}
    world.policies, world.scope = policies, World(random.Random(7), policies=policies).scope
    update(world, B, {"x": TWO})
    update(world, A, {"x": THREE})
    _, here = world.queue
    update(world, B, {"y": TWO})
    world.mirror.mirror(here)
    world.mirror.mirror(world.said[-1])
    assert (both(world), noted(world)) == ({"x": THREE, "y": TWO}, [("x", TWO)])
