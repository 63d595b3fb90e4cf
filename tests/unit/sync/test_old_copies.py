"""Old copies that somebody writes back where the document is gone: what they say, and know."""

import random

import pytest

from tests.unit.sync.test_conflicts import noted
from tests.unit.sync.test_scenarios import ONE, THREE, TWO, A, B
from tests.unit.sync.users import delete, put, update
from tests.unit.sync.world import SECOND, Crash, Project, World

C = "demo-c"


class Dying(World):
    """Its workers die where they come to that project."""

    unreached = ""

    def meanwhile(self, here: Project) -> None:
        if here.name == self.unreached:
            raise Crash


def bring(world: World, project: str, **fields: bytes) -> None:
    """The last copy of a document that is gone, with its marks, and these fields in it."""
    here = world.projects[project]
    world.now += 10 * SECOND
    copy = here.history[-1]
    world.store(here, {**copy.fields, **fields}, copy.marks, world.moment(here))


def made_anew(policies: dict[str, str]) -> Dying:
    """The third project's new document stands there still; the first has heard that it is gone."""
    world = Dying(random.Random(3), projects=3, policies=policies)
    world.projects[A].skew = 60 * SECOND
    put(world, A, x=ONE)
    world.settle()
    delete(world, C)
    put(world, C, z=TWO)
    gone, anew = world.queue
    world.mirror.mirror(anew)
    world.unreached = B
    with pytest.raises(Crash):
        world.mirror.mirror(gone)
    world.unreached = ""
    assert world.contents()[0] is None
    return world


@pytest.mark.parametrize("policies", [{}, {"z": "max"}])
def test_who_brings_an_old_copy_has_not_seen_what_he_replaced_in_it(
    policies: dict[str, str],
) -> None:
    world = made_anew(policies)
    bring(world, A, z=THREE)
    update(world, A, {"y": ONE})
    world.mirror.mirror(world.said[-1])
    world.settle(again=0.5)
    assert ("z", TWO) in noted(world)


def test_nor_has_he_once_the_marks_of_his_copy_have_learned_of_others() -> None:
    world = made_anew({"z": "max"})
    bring(world, A, z=THREE)
    update(world, B, {"v": ONE})
    world.mirror.mirror(world.said[-1])
    update(world, A, {"y": ONE})
    world.mirror.mirror(world.said[-1])
    world.settle(again=0.5)
    assert ("z", TWO) in noted(world)


@pytest.mark.parametrize("late", [False, True])
@pytest.mark.parametrize("changed", [{}, {"y": THREE}])
def test_what_an_old_copy_brings_back_is_a_write_of_who_brings_it(
    late: bool, changed: dict[str, bytes]
) -> None:
    world = World(random.Random(3))
    put(world, B, z=TWO)
    world.settle()
    delete(world, B)
    world.settle()
    bring(world, A, **changed)
    world.projects[B].skew = 60 * SECOND
    put(world, B, z=THREE)
    for change in reversed(world.queue) if late else world.queue:
        world.mirror.mirror(change)
    world.settle(again=0.5)
    assert [(content or {}).get("z") for content in world.contents()] == [THREE, THREE]
    assert noted(world) == [("z", TWO)]
