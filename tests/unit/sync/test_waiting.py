"""Edits whose own change is still to come: not set back, not brought back, not forgotten."""

import random
from itertools import permutations

import pytest

from tests.unit.sync.test_scenarios import ONE, THREE, TWO, A, B, both, world_with
from tests.unit.sync.users import delete, put, update
from tests.unit.sync.world import TENANT, World

FOUR = b"\x10\x04"


@pytest.mark.parametrize("order", list(permutations(range(3))))
def test_quick_edits_are_never_set_back_before_their_own_changes_are_told(
    order: tuple[int, ...],
) -> None:
    world = world_with(x=ONE, y=ONE)
    for value in (TWO, THREE, FOUR):
        update(world, A, {"x": value})
    told = [world.queue[index] for index in order]
    for change in told:
        world.mirror.mirror(change)
        document = world.projects[A].document
        assert document
        assert document.fields == {"tenantId": TENANT, "x": FOUR, "y": ONE}
    world.settle()
    assert both(world) == {"x": FOUR, "y": ONE}


def test_an_edit_that_is_still_to_come_is_not_set_back_by_the_change_after_it() -> None:
    world = World(random.Random(7))
    put(world, A, x=ONE, y=ONE)
    update(world, A, {"x": TWO})
    creation, first = world.queue
    world.mirror.mirror(creation)
    update(world, A, {"y": TWO})
    world.mirror.mirror(world.said[-1])
    assert both(world) == {"x": TWO, "y": TWO}
    world.mirror.mirror(first)
    assert both(world) == {"x": TWO, "y": TWO}


def test_an_edit_that_waits_aside_is_noted_when_another_replaces_what_hides_it() -> None:
    world = world_with(x=ONE, y=ONE)
    update(world, A, {"x": TWO})
    update(world, B, {"x": THREE})
    first, there = world.queue
    world.mirror.mirror(there)
    update(world, A, {"y": TWO})
    world.mirror.mirror(world.said[-1])
    update(world, B, {"x": FOUR})
    world.mirror.mirror(world.said[-1])
    world.mirror.mirror(first)
    assert TWO in [one.loss.loser.value for one in world.overruled.values()]


def test_a_document_that_its_user_deleted_is_not_brought_back_by_his_earlier_edit() -> None:
    world = world_with(x=ONE)
    update(world, A, {"x": TWO})
    edit = world.queue[-1]
    delete(world, A)
    world.mirror.mirror(edit)
    assert world.projects[A].document is None
    world.settle()
    assert both(world) is None


def test_who_edits_one_field_is_not_the_writer_of_another_that_he_was_shown_meanwhile() -> None:
    """Else his edit would speak for it, and overrule what was written there since."""
    world = World(random.Random(7))
    put(world, A)
    put(world, B, x=ONE)
    mine, theirs = world.queue
    world.mirror.mirror(theirs)
    update(world, A, {"y": ONE})
    first = world.said[-1]
    world.mirror.mirror(mine)
    document = world.projects[A].document
    assert document
    assert document.fields["x"] == ONE  # shown after the version of `first`
    update(world, B, {"x": TWO})
    update(world, A, {"y": TWO})
    world.mirror.mirror(first)
    update(world, A, {"y": THREE})
    world.mirror.mirror(world.said[-1])
    world.settle()
    assert both(world) == {"x": TWO, "y": THREE}
    assert world.overruled == {}
