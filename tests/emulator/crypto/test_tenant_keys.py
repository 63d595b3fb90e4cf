"""Sealed fields on a real store: any version opens, the newest seals, and the end is the end."""

from concurrent.futures import ThreadPoolExecutor

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from scripts.suite.counting import costing
from shared.crypto.models import Erased, Place, Unreadable
from shared.crypto.service import Sealed
from shared.crypto.store import KeyRings
from shared.crypto.tenant_keys import TenantKeys
from shared.crypto.vendors.local import LocalKey
from shared.kernel.errors import Conflict, NotFound
from tests.emulator.crypto.conftest import Instance

EACH = settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)


def test_a_tenant_gets_one_key_however_many_ask_at_once(instance: Instance, place: Place) -> None:
    instances = [instance() for _ in range(8)]
    with ThreadPoolExecutor(8) as threads:
        texts = list(threads.map(lambda i: i.sealed.seal(place, b"x"), instances))
    assert {instance().sealed.open(place, text) for text in texts} == {b"x"}
    assert instance().tenant_keys.look(place.tenant_id).newest == 1


def test_warm_neither_sealing_nor_opening_calls_anybody(instance: Instance, place: Place) -> None:
    text = instance().sealed.seal(place, b"x")
    one = instance()
    with costing(one.costs) as cold:
        assert one.sealed.open(place, text) == b"x"
    assert (cold.as_tuple(), one.unwrapped) == ((1, 1, 0), 1)
    with costing(one.costs) as warm:
        for _ in range(5):
            assert one.sealed.open(place, one.sealed.seal(place, b"y")) == b"y"
    assert (warm.as_tuple(), one.unwrapped) == ((0, 0, 0), 1)


def test_another_instance_opens_what_was_sealed_after_a_rotation(
    instance: Instance, place: Place
) -> None:
    one, other = instance(), instance()
    old = one.sealed.seal(place, b"old")
    assert other.sealed.open(place, old) == b"old"
    one.tenant_keys.rotate(place.tenant_id)
    new = one.sealed.seal(place, b"new")
    assert new.split(".")[1] != old.split(".")[1]
    assert other.sealed.open(place, new) == b"new"
    assert {i.sealed.open(place, old) for i in (one, other, instance())} == {b"old"}


def test_rotations_at_once_all_count(instance: Instance, place: Place) -> None:
    text = instance().sealed.seal(place, b"x")
    with ThreadPoolExecutor(4) as threads:
        list(threads.map(lambda _: instance().tenant_keys.rotate(place.tenant_id), range(4)))
    one = instance()
    assert one.tenant_keys.look(place.tenant_id).newest == 5
    renewed = one.sealed.renewed(place, text)
    assert renewed is not None
    assert renewed.split(".")[1].endswith("-5")
    assert one.sealed.open(place, renewed) == b"x"
    assert one.sealed.renewed(place, renewed) is None


def test_a_field_opens_in_no_other_place_or_tenant(instance: Instance, place: Place) -> None:
    one = instance()
    text = one.sealed.seal(place, b"x")
    one.sealed.seal(place._replace(tenant_id=f"{place.tenant_id}2"), b"y")
    for part in Place._fields:
        moved = place._replace(**{part: f"{getattr(place, part)}2"})
        with pytest.raises(Unreadable):
            one.sealed.open(moved, text)
        assert one.sealed.renewed(moved, text) is None


def test_a_ring_of_another_tenant_is_not_taken_for_ones_own(
    instance: Instance, place: Place
) -> None:
    """Whoever can write to the store cannot make one tenant's key another's."""
    one, other = instance(), place._replace(tenant_id=f"{place.tenant_id}2")
    one.sealed.seal(place, b"x")
    text = one.sealed.seal(other, b"y")
    stored = one.hub.document(f"tenant_keys/{place.tenant_id}").get().to_dict() or {}
    one.hub.document(f"tenant_keys/{other.tenant_id}").set(stored)
    with pytest.raises(Unreadable):
        instance().sealed.open(other, text)


@EACH
@given(at=st.integers(0, 400), bit=st.integers(0, 6), cut=st.integers(1, 90))
def test_a_damaged_text_is_a_conflict(
    instance: Instance, place: Place, at: int, bit: int, cut: int
) -> None:
    one = instance()
    text = one.sealed.seal(place, b"a secret of some length")
    at %= len(text)
    flipped = text[:at] + chr(ord(text[at]) ^ (1 << bit)) + text[at + 1 :]
    for damaged in (flipped, text[:-cut], text + "A"):
        with pytest.raises(Conflict) as refused:
            one.sealed.open(place, damaged)
        assert (refused.value.code, refused.value.status) == ("conflict", 409)


@pytest.mark.parametrize("number", ["0", "2", "01", "-1", "999", "9999", "", "x", "1.1"])
def test_a_version_that_was_put_in_by_hand_is_a_conflict(
    instance: Instance, place: Place, number: str
) -> None:
    one = instance()
    head, _, tail = one.sealed.seal(place, b"x").partition("-1.")
    with pytest.raises(Unreadable):
        one.sealed.open(place, f"{head}-{number}.{tail}")


def test_a_newer_value_under_an_older_version_is_a_conflict(
    instance: Instance, place: Place
) -> None:
    one = instance()
    one.sealed.seal(place, b"x")
    one.tenant_keys.rotate(place.tenant_id)
    downgraded = one.sealed.seal(place, b"x").replace("-2.", "-1.")
    with pytest.raises(Unreadable):
        one.sealed.open(place, downgraded)


def test_a_tenant_without_a_key_opens_nothing_and_has_none_to_rotate(
    instance: Instance, place: Place
) -> None:
    text = instance().sealed.seal(place._replace(tenant_id=f"{place.tenant_id}2"), b"x")
    with pytest.raises(Unreadable):
        instance().sealed.open(place, text)
    for act in (instance().tenant_keys.rotate, instance().tenant_keys.look):
        with pytest.raises(NotFound):
            act(place.tenant_id)


def test_a_destroyed_key_is_gone_for_good(instance: Instance, place: Place) -> None:
    one = instance()
    text = one.sealed.seal(place, b"x")
    first = one.tenant_keys.destroy(place.tenant_id)
    assert one.tenant_keys.destroy(place.tenant_id) == first
    assert (first.versions, first.destroyed_at is not None) == ((), True)
    stored = one.hub.document(f"tenant_keys/{place.tenant_id}").get().to_dict() or {}
    assert (stored["versions"], stored["nextTurnAt"]) == ([], None)
    for each in (one, instance()):
        with pytest.raises(Erased):
            each.sealed.open(place, text)
        with pytest.raises(Erased):
            each.sealed.seal(place, b"x")
        with pytest.raises(Erased):
            each.tenant_keys.rotate(place.tenant_id)
        assert each.sealed.renewed(place, text) is None


def test_a_tenant_that_never_had_a_key_gets_none_once_it_is_destroyed(
    instance: Instance, place: Place
) -> None:
    instance().tenant_keys.destroy(place.tenant_id)
    with pytest.raises(Erased):
        instance().sealed.seal(place, b"x")


def test_what_becomes_of_a_key_is_known_everywhere_within_five_minutes(
    instance: Instance, place: Place
) -> None:
    passed = 0.0
    one, other = instance(), instance()
    kek = LocalKey(other.settings.encryption.local_key)
    rings, environment = KeyRings(other.hub), other.settings.environment
    keys = TenantKeys(rings, kek, environment, other.clock, lambda: passed)
    text = one.sealed.seal(place, b"x")
    assert Sealed(keys).open(place, text) == b"x"
    one.tenant_keys.destroy(place.tenant_id)
    passed = 299.0
    assert Sealed(keys).open(place, text) == b"x"
    passed = 300.0
    with pytest.raises(Erased):
        Sealed(keys).open(place, text)
