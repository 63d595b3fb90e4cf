"""By night: old keys are rotated, and what older versions seal is sealed anew, page by page."""

from datetime import timedelta

import pytest
from google.cloud.firestore_v1.base_query import FieldFilter

from scripts.suite.counting import costing
from shared.crypto import store
from shared.crypto.rules import ROTATED_EVERY, SETTLING
from shared.crypto.sweep import KeyPage
from shared.kernel.clock import utc_now
from shared.webhooks.service import Draft
from tests.emulator.conftest import SetClock
from tests.emulator.crypto.conftest import Counted, Instance

SUBJECTS = 7


@pytest.fixture(autouse=True)
def small_pages(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(store, "PAGE", 3)
    monkeypatch.setattr("shared.crypto.subjects.PAGE", 3)


@pytest.fixture
def world(instance: Instance, tenant: str, clock: SetClock) -> Counted:
    """A tenant with sealed fields in each store, after a rotation."""
    clock.moment = utc_now()
    made = instance()
    for number in range(SUBJECTS):
        made.subject_keys.key_to_seal(tenant, f"subject-{number}")
    made.webhooks.register(tenant, Draft("https://8.8.8.8/x", ("*",)))
    made.tenant_keys.rotate(tenant)
    return instance()


def versions(world: Counted, tenant: str) -> set[str]:
    """Under which versions anything of the tenant is sealed."""
    endpoints = world.hub.document(f"webhook_endpoints/{tenant}").get().to_dict() or {}
    texts = [s["sealed"] for e in endpoints["endpoints"].values() for s in e["secrets"]]
    mine = FieldFilter("tenantId", "==", tenant)
    keys = world.hub.collection("data_keys").where(filter=mine)
    texts += [(row.to_dict() or {})["sealed"] for row in keys.get()]
    assert len(texts) == SUBJECTS + 1
    return {text.split(".")[1].rpartition("-")[2] for text in texts}


def night(world: Counted, tenant: str) -> int:
    """What the schedule and its messages do for the tenant; how many pages it took."""
    world.key_sweep.start_due()
    world.told = [page for page in world.told if page.tenant_id == tenant]
    pages = 0
    while world.told:
        world.key_sweep.turn(world.told.pop(0))
        pages += 1
    return pages


def test_a_sweep_seals_everything_anew_and_is_done(
    world: Counted, tenant: str, clock: SetClock
) -> None:
    assert versions(world, tenant) == {"1"}
    assert clock.moment
    clock.moment += SETTLING
    assert night(world, tenant) == 5
    assert versions(world, tenant) == {"2"}
    assert world.tenant_keys.look(tenant).settled == 2
    assert night(world, tenant) == 0


def test_before_every_instance_knows_the_new_version_nothing_is_swept(
    world: Counted, tenant: str
) -> None:
    assert night(world, tenant) == 0
    world.key_sweep.turn(KeyPage(tenant_id=tenant))
    assert versions(world, tenant) == {"1"}
    assert world.tenant_keys.look(tenant).settled == 1


def test_pages_that_come_twice_write_nothing(world: Counted, tenant: str, clock: SetClock) -> None:
    assert clock.moment
    clock.moment += SETTLING
    night(world, tenant)
    for number in (0, 1, 2):
        with costing(world.costs) as spent:
            world.key_sweep.turn(KeyPage(tenant_id=tenant, version=2, store=number))
        assert spent.writes == 0


def test_a_page_of_an_older_sweep_or_of_no_tenant_ends(
    world: Counted, tenant: str, instance: Instance
) -> None:
    world.tenant_keys.rotate(tenant)
    for page in (KeyPage(tenant_id=tenant, version=2), KeyPage(tenant_id=tenant, version=9)):
        world.key_sweep.turn(page)
    assert (world.told, versions(world, tenant)) == ([], {"1"})


def test_a_sweep_that_dies_goes_on_where_it_was(
    world: Counted, tenant: str, clock: SetClock, instance: Instance
) -> None:
    assert clock.moment
    clock.moment += SETTLING
    world.key_sweep.turn(KeyPage(tenant_id=tenant))
    lost = world.told.pop(0)
    assert versions(world, tenant) == {"1", "2"}
    other = instance()
    other.key_sweep.turn(lost)
    while other.told:
        other.key_sweep.turn(other.told.pop(0))
    assert versions(world, tenant) == {"2"}


def test_a_key_gets_another_version_every_ninety_days(
    world: Counted, tenant: str, clock: SetClock
) -> None:
    assert clock.moment
    clock.moment += SETTLING
    night(world, tenant)
    clock.moment += ROTATED_EVERY - SETTLING - timedelta(seconds=1)
    assert night(world, tenant) == 0
    clock.moment += timedelta(seconds=1)
    night(world, tenant)
    assert world.tenant_keys.look(tenant).newest == 3
    clock.moment += timedelta(days=1)
    night(world, tenant)
    assert versions(world, tenant) == {"3"}


def test_a_destroyed_key_wants_nothing_any_more(
    world: Counted, tenant: str, clock: SetClock
) -> None:
    world.tenant_keys.destroy(tenant)
    assert clock.moment
    clock.moment += 2 * ROTATED_EVERY
    assert night(world, tenant) == 0
    world.key_sweep.turn(KeyPage(tenant_id=tenant))
    assert world.told == []
