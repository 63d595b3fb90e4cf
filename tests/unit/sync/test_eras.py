"""Documents of several versions beside each other: all projects end alike, and then are silent."""

import random

from shared.sync.registers import encoded
from shared.sync.schemas import Schema
from tests.unit.sync.eras import SCHEMA, Eras, era_fault
from tests.unit.sync.users import delete, put, update
from tests.unit.sync.world import TENANT

A, B = "demo-a", "demo-b"
ONE, TWO = b"\x10\x01", b"\x10\x02"
WORLDS = 30  # the emulator tier lives through more of them
NAMED = encoded(SCHEMA.newest)


def text(number: int) -> bytes:
    return encoded(f"number {number}")


def test_projects_that_write_different_versions_end_alike_and_silent() -> None:
    assert {seed: found for seed in range(WORLDS) if (found := era_fault(seed))} == {}


def test_an_old_document_arrives_in_the_newest_version_and_is_written_so_at_home() -> None:
    world = Eras(random.Random(1))
    put(world, A, x=ONE, z=ONE)
    world.settle()
    newest = {"tenantId": TENANT, "w": text(1), "z": ONE, "schemaVersion": NAMED}
    assert world.contents() == [newest, newest]


def test_an_old_document_that_nobody_edits_is_not_written() -> None:
    world = Eras(random.Random(1))
    world.deploy(Schema(SCHEMA.name))
    put(world, A, x=ONE, z=ONE)
    world.settle()
    written, before = world.engine_writes, world.contents()
    world.deploy(SCHEMA)
    world.queue = list(world.said)
    world.settle()
    assert (world.engine_writes, world.contents()) == (written, before)


def test_old_and_new_edits_of_different_fields_at_once_both_stay() -> None:
    world = Eras(random.Random(1))
    world.deploy(Schema(SCHEMA.name))
    put(world, A, x=ONE, z=ONE)
    world.settle()
    world.deploy(SCHEMA)
    put(world, A, x=TWO, z=ONE)
    put(world, B, w=text(1), z=TWO, schemaVersion=NAMED)
    world.settle(again=0.5)
    newest = {"tenantId": TENANT, "w": text(2), "z": TWO, "schemaVersion": NAMED}
    assert world.contents() == [newest, newest]


def test_what_is_of_tomorrow_is_kept_and_mirrored_once_it_is_known() -> None:
    world = Eras(random.Random(1))
    world.deploy(Schema(SCHEMA.name))
    put(world, A, x=ONE)
    world.settle()
    put(world, B, w=text(2), schemaVersion=NAMED)
    world.settle()
    assert len(world.letters) == 1
    assert world.contents()[0] == {"tenantId": TENANT, "x": ONE, "schemaVersion": encoded(1)}
    world.deploy(SCHEMA)
    world.settle()
    newest = {"tenantId": TENANT, "w": text(2), "schemaVersion": NAMED}
    assert world.contents() == [newest, newest]


def test_a_version_that_was_mended_is_mirrored_whole() -> None:
    world = Eras(random.Random(1))
    put(world, A, w=text(1), z=ONE, schemaVersion=NAMED)
    world.settle()
    update(world, A, {"schemaVersion": encoded("three"), "z": TWO})
    world.settle()
    assert world.letters
    update(world, A, {"schemaVersion": NAMED})
    world.settle()
    assert world.contents()[1] == {
        "tenantId": TENANT,
        "w": text(1),
        "z": TWO,
        "schemaVersion": NAMED,
    }


def test_a_document_of_an_unknown_version_can_be_deleted() -> None:
    world = Eras(random.Random(1))
    put(world, A, w=text(1), schemaVersion=NAMED)
    world.settle()
    update(world, A, {"schemaVersion": encoded(9)})
    delete(world, A)
    world.settle()
    assert world.contents() == [None, None]
