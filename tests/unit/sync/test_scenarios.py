"""The daily life of a mirrored document, event by event."""

import random
from dataclasses import replace

from shared.sync.routes import Mirrored
from tests.unit.sync.users import delete, put, update
from tests.unit.sync.world import SECOND, TENANT, World

ONE, TWO, THREE = b"\x10\x01", b"\x10\x02", b"\x10\x03"
A, B = "demo-a", "demo-b"


def world_with(**fields: bytes) -> World:
    """Two projects that hold the same settled document."""
    world = World(random.Random(7))
    put(world, A, **fields)
    world.settle()
    return world


class OneWay(World):
    """The second project hears of the first, and is not heard."""

    def at(self, project: str, collection: str) -> Mirrored | None:
        mirrored = super().at(project, collection)
        return mirrored if project == A else mirrored and mirrored._replace(peers=[])


def both(world: World) -> dict[str, bytes] | None:
    first, second = world.contents()
    assert first == second
    return None if first is None else {n: v for n, v in first.items() if n != "tenantId"}


def test_a_new_document_appears_in_the_other_project() -> None:
    assert both(world_with(x=ONE)) == {"x": ONE}


def test_an_edit_comes_back() -> None:
    world = world_with(x=ONE, y=ONE)
    update(world, B, {"y": TWO})
    world.settle()
    assert both(world) == {"x": ONE, "y": TWO}


def test_an_update_costs_one_write_there_and_one_stamp_here() -> None:
    world = world_with(x=ONE)
    before = world.engine_writes
    update(world, A, {"x": TWO})
    world.settle()
    assert world.engine_writes - before == 2


def test_edits_of_different_fields_at_once_both_stay() -> None:
    world = world_with(x=ONE, y=ONE)
    update(world, A, {"x": TWO})
    update(world, B, {"y": TWO})
    world.settle(again=0.5)
    assert both(world) == {"x": TWO, "y": TWO}


def test_of_two_edits_of_one_field_the_later_stays() -> None:
    world = world_with(x=ONE)
    update(world, B, {"x": THREE})
    update(world, A, {"x": TWO})
    world.settle(again=0.5)
    assert both(world) == {"x": TWO}


def test_a_field_that_is_removed_is_removed_everywhere() -> None:
    world = world_with(x=ONE, y=ONE)
    update(world, B, {"y": None})
    world.settle()
    assert both(world) == {"x": ONE}


def test_an_edit_and_its_undoing_come_to_nothing() -> None:
    world = world_with(x=ONE)
    update(world, A, {"x": TWO})
    update(world, A, {"x": ONE})
    world.settle(again=0.5)
    assert both(world) == {"x": ONE}


def test_a_deletion_deletes_everywhere_and_old_news_do_not_undo_it() -> None:
    world = world_with(x=ONE)
    update(world, A, {"x": TWO})
    world.settle()
    delete(world, B)
    world.settle()
    world.queue = world.said * 3
    world.settle()
    assert both(world) is None


def test_an_edit_after_the_deletion_brings_the_whole_document_back() -> None:
    world = world_with(x=ONE, y=ONE)
    delete(world, A)
    update(world, B, {"y": TWO})
    world.settle(again=0.5)
    assert both(world) == {"x": ONE, "y": TWO}


def test_an_edit_before_the_deletion_is_deleted_with_the_document() -> None:
    world = world_with(x=ONE, y=ONE)
    update(world, B, {"y": TWO})
    delete(world, A)
    world.settle(again=0.5)
    assert both(world) is None


def test_a_document_made_anew_has_nothing_of_the_old_one() -> None:
    world = world_with(x=ONE, y=ONE)
    delete(world, A)
    put(world, A, y=TWO)
    world.settle(again=0.5)
    assert both(world) == {"y": TWO}


def test_a_deletion_is_not_lost_when_it_overtakes_the_creation() -> None:
    world = World(random.Random(7))
    put(world, A, x=ONE)
    delete(world, A)
    world.queue.reverse()
    for change in [world.queue.pop(0), world.queue.pop(0)]:
        world.mirror.mirror(change)
    assert both(world) is None


def test_a_deletion_that_is_dated_after_its_commit_changes_nothing_when_it_is_told_again() -> None:
    world = world_with(x=ONE)
    delete(world, A)
    late = replace(world.queue.pop(), time_us=world.now + 2 * SECOND)
    put(world, A, x=TWO)
    world.now += 3 * SECOND
    world.mirror.mirror(late)
    world.settle()
    assert both(world) == {"x": TWO}
    delete(world, A)
    world.settle()
    written = world.engine_writes
    world.mirror.mirror(late)
    world.settle()
    assert (both(world), world.engine_writes) == (None, written)


def test_an_old_copy_written_back_is_an_edit() -> None:
    world = world_with(x=ONE)
    old = world.projects[B].document
    assert old
    update(world, A, {"x": TWO})
    world.settle()
    here = world.projects[B]
    world.store(here, old.fields, old.marks, world.moment(here))
    world.settle(again=0.5)
    assert both(world) == {"x": ONE}


def test_a_writer_who_drops_the_marks_changes_no_more_than_the_fields_he_changes() -> None:
    world = world_with(x=ONE, y=ONE)
    update(world, A, {"x": TWO})
    put(world, B, x=ONE, y=TWO)
    world.settle(again=0.5)
    assert both(world) == {"x": TWO, "y": TWO}


def test_what_the_target_of_a_route_one_way_writes_stays_there_until_the_source_writes_it() -> None:
    world = OneWay(random.Random(7))
    put(world, A, x=ONE, y=ONE)
    world.settle()
    update(world, B, {"x": TWO, "y": TWO})
    update(world, A, {"x": THREE})
    world.settle(again=0.5)
    left, right = world.contents()
    assert left == {"tenantId": TENANT, "x": THREE, "y": ONE}
    assert right == {"tenantId": TENANT, "x": THREE, "y": TWO}
