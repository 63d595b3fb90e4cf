"""Personal values at rest: sealed everywhere, and unreadable everywhere once the key is gone."""

import json
from dataclasses import replace
from typing import Any

import pytest
from google.cloud.firestore_v1.base_query import FieldFilter

from shared.crypto.models import Erased
from shared.kernel.encryption import EncryptionSettings
from shared.kernel.errors import Conflict, DependencyUnavailable
from shared.streams import documents
from shared.streams.models import Stream
from shared.wiring import Wiring
from tests.emulator.streams.conftest import Counted, Write, appending

EMAIL = "ana@example.org"


@pytest.fixture
def personal(write: Write) -> int:
    """The version of a stream of 120 events, of which each third says an address."""
    told = [{"n": n} | ({"email": f"{n}{EMAIL}"} if n % 3 == 0 else {}) for n in range(1, 121)]
    write(0, *told[:60], personal=("email",))
    return write(60, *told[60:], personal=("email",)).version


def stored(wiring: Wiring, stream: Stream) -> list[dict[str, Any]]:
    """Every document that there is of the stream, its appends and its keys."""
    hub, path = wiring.hub, documents.stream_path(stream)
    mine = FieldFilter("tenantId", "==", stream.tenant_id)
    queries: list[Any] = [hub.collection(f"{path}/{name}") for name in ("e", "snapshots")]
    queries += [hub.collection(name).where(filter=mine) for name in ("stream_appends", "data_keys")]
    return [row.to_dict() or {} for query in queries for row in query.get()]


def erase(wiring: Wiring, stream: Stream) -> None:
    wiring.event_store.erase(stream.tenant_id, stream.stream_id)


@pytest.mark.usefixtures("personal")
def test_nothing_personal_is_stored_in_the_clear(wiring: Wiring, stream: Stream) -> None:
    state = wiring.event_store.state(stream)
    assert state.data["email"] == f"120{EMAIL}"
    found = stored(wiring, stream)
    assert len(found) == 120 + 1 + 2 + 1
    assert EMAIL not in json.dumps(found, default=str)


@pytest.mark.usefixtures("personal")
def test_a_sealed_snapshot_is_read_with_the_key(counted: Counted, stream: Stream) -> None:
    first = counted.event_store.state(stream)
    before = counted.costs.as_tuple()
    assert counted.event_store.state(stream) == first
    calls, reads, writes = (b - a for a, b in zip(before, counted.costs.as_tuple(), strict=True))
    assert (calls, reads, writes) == (3, 1 + 20 + 1, 0)


@pytest.mark.usefixtures("personal")
def test_erased_is_erased_on_every_instance_at_once(wiring: Wiring, stream: Stream) -> None:
    instances = [wiring, Wiring(wiring.settings)]
    for instance in instances:
        assert instance.event_store.state(stream).redacted is False
    erase(wiring, stream)
    for instance in (*instances, Wiring(wiring.settings)):
        for version in (120, 105, 100):
            state = instance.event_store.state(stream, version)
            assert (state.data["n"], state.data["email"]) == (version, None)
            assert (state.redacted, state.personal) == (True, False)
        log = instance.event_store.events(stream, 1, 100, None).items
        shown = {event.data.get("email") for event in log}
        assert shown == {None}
        assert [e.redacted for e in log] == [e.personal for e in log]


@pytest.mark.usefixtures("personal")
def test_after_an_erasure_snapshots_are_made_anew(counted: Counted, stream: Stream) -> None:
    counted.event_store.state(stream)
    erase(counted, stream)
    counted.event_store.state(stream)
    before = counted.costs.as_tuple()
    assert counted.event_store.state(stream).redacted is True
    assert counted.costs.as_tuple()[1] - before[1] == 1 + 20 + 1


@pytest.mark.usefixtures("personal")
def test_for_who_is_erased_nothing_personal_is_taken(wiring: Wiring, stream: Stream) -> None:
    erase(wiring, stream)
    with pytest.raises(Erased):
        wiring.event_store.append(
            stream, appending(stream, 120, {"email": EMAIL}, names=("email",))
        )
    assert wiring.event_store.append(stream, appending(stream, 120, {"n": 1})).version == 121


@pytest.mark.usefixtures("personal")
def test_with_the_tenants_key_everything_personal_is_gone(wiring: Wiring, stream: Stream) -> None:
    wiring.tenant_keys.destroy(stream.tenant_id)
    for instance in (wiring, Wiring(wiring.settings)):
        state = instance.event_store.state(stream)
        assert (state.data["n"], state.data["email"], state.redacted) == (120, None, True)


def test_another_subject_keeps_their_key(wiring: Wiring, stream: Stream) -> None:
    other = stream._replace(stream_id=f"{stream.stream_id}-2")
    for each in (stream, other):
        told = appending(each, 0, {"email": EMAIL}, names=("email",))
        wiring.event_store.append(each, told)
    erase(wiring, stream)
    assert wiring.event_store.state(other).data["email"] == EMAIL


def test_a_sealed_value_that_was_moved_is_refused_and_not_called_erased(
    wiring: Wiring, stream: Stream, write: Write
) -> None:
    write(0, {"email": EMAIL}, {"email": f"other{EMAIL}"}, personal=("email",))
    one, two = (wiring.hub.document(documents.event_path(stream, n)) for n in (1, 2))
    two.update({"data": one.get().get("data")})
    with pytest.raises(Conflict, match="Event 2 holds a sealed value"):
        wiring.event_store.state(stream)


@pytest.mark.usefixtures("personal")
def test_what_was_sealed_before_a_rotation_stays_readable(
    wiring: Wiring, stream: Stream, write: Write
) -> None:
    wiring.tenant_keys.rotate(stream.tenant_id)
    write(120, {"email": "new", "n": 121}, personal=("email",))
    state = Wiring(wiring.settings).event_store.state(stream, 120)
    assert state.data["email"] == f"120{EMAIL}"
    assert wiring.event_store.state(stream).data["email"] == "new"


def test_a_repeat_is_known_after_a_rotation(wiring: Wiring, stream: Stream) -> None:
    told = appending(stream, 0, {"email": EMAIL}, names=("email",))
    wiring.event_store.append(stream, told)
    wiring.tenant_keys.rotate(stream.tenant_id)
    assert wiring.event_store.append(stream, told).replay is True


def test_without_a_key_encryption_key_only_the_personal_is_refused(
    wiring: Wiring, stream: Stream
) -> None:
    wiring.event_store.append(stream, appending(stream, 0, {"email": EMAIL}, names=("email",)))
    bare = Wiring(replace(wiring.settings, encryption=EncryptionSettings())).event_store
    with pytest.raises(DependencyUnavailable):
        bare.append(stream, appending(stream, 1, {"email": EMAIL}, names=("email",)))
    with pytest.raises(DependencyUnavailable):
        bare.state(stream)
    assert bare.append(stream, appending(stream, 1, {"n": 1})).version == 2


def test_a_snapshot_s_content_is_no_event_s_value(
    wiring: Wiring, stream: Stream, write: Write
) -> None:
    """Whoever can write to the store cannot pass one for the other, not even by a member's name."""
    write(0, *({"state": f"{n}{EMAIL}"} for n in range(100)), personal=("state",))
    wiring.event_store.state(stream)
    snapshot = wiring.hub.document(documents.snapshot_path(stream, 100)).get().get("content")
    told = wiring.hub.document(documents.event_path(stream, 100))
    told.update({"data": json.dumps({"state": snapshot})})
    with pytest.raises(Conflict, match="Event 100 holds a sealed value"):
        wiring.event_store.events(stream, 100, 1, None)


def test_what_a_personal_append_costs(counted: Counted, stream: Stream) -> None:
    store, costs = counted.event_store, counted.costs
    store.append(stream, appending(stream, 0, {"email": EMAIL}, names=("email",)))
    assert costs.as_tuple() == (6, 4, 4)
    store.append(stream, appending(stream, 1, {"email": EMAIL}, names=("email",)))
    assert costs.as_tuple() == (8, 5, 6)
