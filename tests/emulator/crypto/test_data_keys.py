"""Key rings on a real store: one a subject, whoever asks first, and none after its end."""

from concurrent.futures import ThreadPoolExecutor

import pytest

from shared.crypto.models import Place, Unreadable
from shared.crypto.service import DataKeys, Erased
from shared.kernel.errors import NotFound
from shared.wiring import Wiring
from tests.builders import unique

PLACE = Place("tenant", "notes", "note-1", "text")


@pytest.fixture
def keys(wiring: Wiring) -> DataKeys:
    return wiring.data_keys


@pytest.fixture
def tenant() -> str:
    return unique("tenant")


def test_a_subject_gets_one_ring_however_many_ask_at_once(wiring: Wiring, tenant: str) -> None:
    instances = [Wiring(wiring.settings).data_keys for _ in range(12)]
    with ThreadPoolExecutor(12) as threads:
        rings = list(threads.map(lambda keys: keys.ring_to_seal(tenant, "ana"), instances))
    assert len({ring.versions for ring in rings}) == 1
    texts = [keys.newest(r).seal(PLACE, b"x") for keys, r in zip(instances, rings, strict=True)]
    reader = wiring.data_keys
    assert {reader.key_of(rings[0], text).open(PLACE, text) for text in texts} == {b"x"}


def test_each_subject_of_each_tenant_has_a_key_of_their_own(keys: DataKeys, tenant: str) -> None:
    mine = keys.ring_to_seal(tenant, "ana")
    text = keys.newest(mine).seal(PLACE, b"x")
    for other in (keys.ring_to_seal(tenant, "eva"), keys.ring_to_seal(f"{tenant}2", "ana")):
        with pytest.raises(Unreadable):
            keys.key_of(other, text)


def test_a_ring_of_another_subject_is_not_taken_for_one_s_own(
    wiring: Wiring, keys: DataKeys, tenant: str
) -> None:
    """Whoever can write to the store cannot make one subject's key another's."""
    ana, eva = keys.ring_to_seal(tenant, "ana"), keys.ring_to_seal(tenant, "eva")
    stored = wiring.hub.document(f"data_keys/{ana.key_id}").get().to_dict() or {}
    wiring.hub.document(f"data_keys/{eva.key_id}").update({"versions": stored["versions"]})
    moved = Wiring(wiring.settings).data_keys
    ring = moved.ring(tenant, "eva")
    assert ring is not None
    with pytest.raises(Unreadable):
        moved.newest(ring)


def test_rotations_at_once_all_count_and_old_values_stay_readable(
    wiring: Wiring, keys: DataKeys, tenant: str
) -> None:
    text = keys.newest(keys.ring_to_seal(tenant, "ana")).seal(PLACE, b"x")
    with ThreadPoolExecutor(4) as threads:
        list(threads.map(lambda _: keys.rotate(tenant, "ana"), range(4)))
    ring = Wiring(wiring.settings).data_keys.ring(tenant, "ana")
    assert ring is not None
    assert len(ring.versions) == 5
    assert keys.key_of(ring, text).open(PLACE, text) == b"x"
    assert keys.newest(ring).kid == ring.kid(5)


def test_a_destroyed_ring_has_no_keys_and_gets_none(
    wiring: Wiring, keys: DataKeys, tenant: str
) -> None:
    text = keys.newest(keys.ring_to_seal(tenant, "ana")).seal(PLACE, b"x")
    keys.destroy(tenant, "ana")
    keys.destroy(tenant, "ana")
    for instance in (keys, Wiring(wiring.settings).data_keys):
        ring = instance.ring(tenant, "ana")
        assert ring is not None
        assert (ring.versions, ring.destroyed_at is not None) == ((), True)
        with pytest.raises(Unreadable):
            instance.key_of(ring, text)
        with pytest.raises(Erased):
            instance.ring_to_seal(tenant, "ana")
        with pytest.raises(NotFound):
            instance.rotate(tenant, "ana")


def test_who_has_no_key_has_nothing_to_end_or_rotate(keys: DataKeys, tenant: str) -> None:
    assert keys.ring(tenant, "ana") is None
    for act in (keys.destroy, keys.rotate):
        with pytest.raises(NotFound):
            act(tenant, "ana")
