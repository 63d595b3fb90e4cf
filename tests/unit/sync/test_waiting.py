"""Edits whose own change is still to come: not set back, not brought back, not forgotten."""

import random
from itertools import permutations

import pytest

from tests.unit.sync.test_scenarios import ONE, THREE, TWO, A, B, both, world_with
from tests.unit.sync.users import delete, put, update
from tests.unit.sync.world import TENANT, World


@pytest.mark.parametrize("order", list(permutations(range(3))))
def test_quick_edits_are_never_set_back_before_their_own_changes_are_told(
    order: tuple[int, ...],
) -> None:
    world = world_with(x=ONE, y=ONE)
    for value in (TWO, THREE, b"\x10\x04"):
        update(world, A, {"x": value})
    told = [world.queue[index] for index in order]
    for change in told:
        world.mirror.mirror(change)
        document = world.projects[A].document
        assert document
        assert document.fields == {"tenantId": TENANT, "x": b"\x10\x04", "y": ONE}
    world.settle()
    assert both(world) == {"x": b"\x10\x04", "y": ONE}


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
    update(world, B, {"x": b"\x10\x04"})
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
