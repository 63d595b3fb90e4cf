"""Keys of subjects on a real store: one each, whoever asks first, and none after its end."""

from concurrent.futures import ThreadPoolExecutor

import pytest

from scripts.suite.counting import costing
from shared.crypto.models import Erased, Place, Unreadable
from shared.kernel.errors import NotFound
from tests.emulator.crypto.conftest import Instance

PLACE = Place("tenant", "notes", "note-1", "text")


def test_a_subject_gets_one_key_however_many_ask_at_once(instance: Instance, tenant: str) -> None:
    instances = [instance() for _ in range(8)]
    with ThreadPoolExecutor(8) as threads:
        keys = list(threads.map(lambda i: i.subject_keys.key_to_seal(tenant, "ana"), instances))
    reader = instance().subject_keys.key(tenant, "ana")
    assert reader
    assert {reader.open(PLACE, key.seal(PLACE, b"x")) for key in keys} == {b"x"}


def test_each_subject_of_each_tenant_has_a_key_of_their_own(
    instance: Instance, tenant: str
) -> None:
    keys = instance().subject_keys
    text = keys.key_to_seal(tenant, "ana").seal(PLACE, b"x")
    for other in (keys.key_to_seal(tenant, "eva"), keys.key_to_seal(f"{tenant}2", "ana")):
        with pytest.raises(Unreadable):
            other.open(PLACE, text)


def test_a_key_of_another_subject_is_not_taken_for_ones_own(
    instance: Instance, tenant: str
) -> None:
    """Whoever can write to the store cannot make one subject's key another's."""
    one = instance()
    names = [one.subject_keys.key_to_seal(tenant, who).kid[:-2] for who in ("ana", "eva")]
    ana, eva = (one.hub.document(f"data_keys/{name}") for name in names)
    eva.set(ana.get().to_dict() or {})
    with pytest.raises(Unreadable):
        instance().subject_keys.key(tenant, "eva")


def test_a_key_is_read_for_each_use_and_unwrapped_by_the_tenants(
    instance: Instance, tenant: str
) -> None:
    for subject in ("ana", "eva", "dora"):
        instance().subject_keys.key_to_seal(tenant, subject)
    one = instance()
    with costing(one.costs) as spent:
        for subject in ("ana", "eva", "dora"):
            assert one.subject_keys.key(tenant, subject)
    assert (spent.as_tuple(), one.unwrapped) == ((4, 4, 0), 1)


def test_whoever_reads_a_key_after_a_rotation_seals_it_anew(
    instance: Instance, tenant: str
) -> None:
    key = instance().subject_keys.key_to_seal(tenant, "ana")
    text = key.seal(PLACE, b"x")
    instance().tenant_keys.rotate(tenant)
    one = instance()
    again = one.subject_keys.key(tenant, "ana")
    assert again
    assert again.open(PLACE, text) == b"x"
    stored = one.hub.document(f"data_keys/{key.kid[:-2]}").get().to_dict() or {}
    assert stored["sealed"].split(".")[1].endswith("-2")
    with costing(one.costs) as spent:
        one.subject_keys.key(tenant, "ana")
    assert spent.as_tuple() == (1, 1, 0)


def test_a_destroyed_key_opens_nothing_and_is_not_made_again(
    instance: Instance, tenant: str
) -> None:
    one, other = instance(), instance()
    one.subject_keys.key_to_seal(tenant, "ana")
    assert other.subject_keys.key(tenant, "ana")
    one.subject_keys.destroy(tenant, "ana")
    one.subject_keys.destroy(tenant, "ana")
    for each in (one, other, instance()):
        assert each.subject_keys.key(tenant, "ana") is None
        with pytest.raises(Erased):
            each.subject_keys.key_to_seal(tenant, "ana")


def test_with_the_tenants_key_all_of_its_subjects_are_gone(instance: Instance, tenant: str) -> None:
    one = instance()
    one.subject_keys.key_to_seal(tenant, "ana")
    one.tenant_keys.destroy(tenant)
    for each in (one, instance()):
        assert each.subject_keys.key(tenant, "ana") is None
        for subject in ("ana", "somebody new"):
            with pytest.raises(Erased):
                each.subject_keys.key_to_seal(tenant, subject)


def test_who_has_no_key_has_nothing_to_end(instance: Instance, tenant: str) -> None:
    assert instance().subject_keys.key(tenant, "ana") is None
    with pytest.raises(NotFound):
        instance().subject_keys.destroy(tenant, "ana")
