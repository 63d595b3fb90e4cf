"""Events on a real store: recorded once, listed in order, done by each consumer."""

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from google.cloud.firestore_v1.base_query import FieldFilter

from shared.events.models import Filter
from shared.kernel.errors import IdempotencyKeyReused, NotFound, ValidationFailed
from shared.wiring import Wiring
from tests.builders import event, unique
from tests.emulator.events.conftest import Emit


def count(wiring: Wiring, tenant: str) -> int:
    return len(wiring.feed.page(Filter(tenant), 100, None).items)


def test_an_event_is_kept_as_it_was_emitted(wiring: Wiring, emit: Emit) -> None:
    payload = {"text": "é😀\0", "n": 2**53 - 1, "f": 0.1, "none": None, "l": [1, {"a": [True]}]}
    emitted = emit(payload=payload, targets=("SMP", "CRM"), subject="cases/1", schema_version=3)
    assert wiring.event_bus.get(emitted.event_id) == emitted


def test_twenty_repeats_at_once_record_one_event(wiring: Wiring, tenant: str) -> None:
    same = event(tenant_id=tenant, recorded_at=datetime.now(UTC))
    with ThreadPoolExecutor(20) as threads:
        recorded = list(threads.map(wiring.event_bus.emit, [same] * 20))
    assert sorted(r.replay for r in recorded) == [False] + [True] * 19
    assert len({r.event.recorded_at for r in recorded}) == 1
    assert count(wiring, tenant) == 1


def test_a_repeat_gets_the_first_answer(wiring: Wiring, emit: Emit) -> None:
    first = emit()
    later = event(
        event_id=first.event_id,
        tenant_id=first.tenant_id,
        recorded_at=first.recorded_at + timedelta(days=1),
    )
    again = wiring.event_bus.emit(later)
    assert again.replay
    assert again.event.recorded_at == first.recorded_at


@pytest.mark.parametrize("changes", [{"payload": {"n": 2}}, {"source": "CRM"}, {"subject": "s"}])
def test_the_same_id_for_another_event_is_refused(
    wiring: Wiring, emit: Emit, changes: dict[str, Any]
) -> None:
    first = emit()
    with pytest.raises(IdempotencyKeyReused):
        emit(event_id=first.event_id, **changes)
    assert wiring.event_bus.get(first.event_id) == first


def test_what_the_backbone_announces_is_recorded_once_an_occasion(
    wiring: Wiring, tenant: str
) -> None:
    occasion = unique("cycle")
    for _ in range(2):
        announced = [
            wiring.event_bus.announce("token_low", o, tenant, "account", {"n": 1})
            for o in (occasion, occasion + "x")
        ]
    assert announced == [False, False]
    assert count(wiring, tenant) == 2


def test_an_event_is_processed_when_its_targets_are_done(wiring: Wiring, emit: Emit) -> None:
    emitted = emit(targets=("SMP", "CRM"))
    assert wiring.consumers.acknowledge(emitted.event_id, "SMP").event.processed is False
    assert wiring.consumers.acknowledge(emitted.event_id, "CRM").event.processed is True


def test_acknowledgements_at_once_all_count(wiring: Wiring, emit: Emit) -> None:
    consumers = tuple(f"PRODUCT_{n}" for n in range(20))
    emitted = emit(targets=consumers)
    with ThreadPoolExecutor(20) as threads:
        list(
            threads.map(
                lambda consumer: wiring.consumers.acknowledge(emitted.event_id, consumer),
                consumers,
            )
        )
    after = wiring.event_bus.get(emitted.event_id)
    assert (set(after.done_by), after.processed) == (set(consumers), True)
    deliveries = wiring.hub.collection("deliveries").where(
        filter=FieldFilter("eventId", "==", emitted.event_id)
    )
    assert {row.get("consumer") for row in deliveries.get()} == set(consumers)


def test_the_same_acknowledgement_again_writes_nothing(wiring: Wiring, emit: Emit) -> None:
    emitted = emit()
    delivery = wiring.hub.collection("deliveries").document(f"{emitted.event_id}__SMP")
    wiring.consumers.acknowledge(emitted.event_id, "SMP")
    first = delivery.get().get("endedAt")
    assert wiring.consumers.acknowledge(emitted.event_id, "SMP").event.processed is True
    assert delivery.get().get("endedAt") == first


def test_what_is_not_there_is_not_acknowledged(wiring: Wiring) -> None:
    with pytest.raises(NotFound):
        wiring.consumers.acknowledge(unique("event"), "SMP")


def test_what_the_store_cannot_hold_is_refused(emit: Emit) -> None:
    with pytest.raises(ValidationFailed):
        emit(payload={"a": [[1]]})
