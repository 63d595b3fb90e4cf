"""Leases on a real store: each event is one worker's at a time, and none is forgotten."""

from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta

from shared.events.consuming import Consumers
from shared.events.intake import Wish
from shared.events.models import FAILED, RETRYABLE, Cause, Filter
from shared.events.queue import Queue
from shared.wiring import Wiring
from tests.builders import unique
from tests.emulator.conftest import SetClock
from tests.emulator.events.conftest import Emit
from tests.emulator.events.leases import MINUTE, Take, ids, later


def test_events_are_leased_oldest_first_and_once(take: Take, recorded: Emit) -> None:
    start = datetime.now(UTC) - MINUTE
    put = [recorded(recorded_at=start + timedelta(seconds=s)).event_id for s in range(5)]
    assert ids(take(2)) == put[:2]
    assert ids(take()) == put[2:]
    assert take() == []


def test_what_was_just_emitted_is_leased_at_once_and_once(take: Take, emit: Emit) -> None:
    emitted = {emit().event_id for _ in range(3)}
    assert set(ids(take())) == emitted
    assert take() == []
    assert ids(take()) == []
    newest = emit().event_id
    assert ids(take()) == [newest]


def test_each_consumer_has_its_own_and_nobody_what_is_for_others(take: Take, emit: Emit) -> None:
    for_all, for_smp = emit(), emit(targets=("SMP",))
    assert set(ids(take())) == {for_all.event_id, for_smp.event_id}
    assert ids(take(consumer="CRM")) == [for_all.event_id]


def test_types_that_one_worker_does_not_take_are_left_for_another(take: Take, emit: Emit) -> None:
    first, second, third = (emit(event_type=t) for t in ("a", "b", "a"))
    assert set(ids(take(types=("a",)))) == {first.event_id, third.event_id}
    assert ids(take(types=("b",))) == [second.event_id]


def test_an_event_that_was_acknowledged_from_a_list_is_not_leased(
    wiring: Wiring, take: Take, emit: Emit
) -> None:
    wiring.consumers.acknowledge(emit().event_id, "SMP")
    assert take() == []


def test_a_lease_that_runs_out_comes_again(take: Take, emit: Emit, clock: SetClock) -> None:
    emit()
    (first,) = take()
    later(clock, MINUTE - timedelta(seconds=1))
    assert take() == []
    later(clock, timedelta(seconds=2))
    (second,) = take()
    assert second.event == first.event
    assert (second.delivery.attempts, second.delivery.lease_id != first.delivery.lease_id) == (
        2,
        True,
    )


def test_workers_at_once_never_hold_the_same_event_and_leave_none(
    wiring: Wiring, tenant: str, emit: Emit
) -> None:
    """Twelve workers, each of an instance of its own, while the events are still being emitted."""
    queue, heard, wanted = Queue(tenant, "SMP"), Filter(tenant, "SMP"), 120

    def work(consumers: Consumers) -> list[str]:
        held: list[str] = []
        for _ in range(40):
            held += ids(consumers.lease(queue, heard, Wish(7, timedelta(hours=1))))
        return held

    workers = [Wiring(wiring.settings, wiring.clock).consumers for _ in range(12)]
    with ThreadPoolExecutor(16) as threads:
        emitting = [threads.submit(emit) for _ in range(wanted)]
        working = [threads.submit(work, consumers) for consumers in workers]
        emitted = {future.result().event_id for future in emitting}
        held = Counter(event_id for future in working for event_id in future.result())
    rest = ids(wiring.consumers.lease(queue, heard, Wish(100, timedelta(hours=1))))
    held.update(rest)
    assert set(held) == emitted
    assert set(held.values()) == {1}


def test_an_event_whose_commit_came_late_is_not_skipped(
    take: Take, recorded: Emit, clock: SetClock
) -> None:
    """It was stamped before events that have been leased already."""
    now = clock.moment = datetime.now(UTC)
    seen = [recorded(recorded_at=now - timedelta(seconds=s)).event_id for s in (60, 5, 1)]
    assert ids(take()) == seen
    late = recorded(recorded_at=now - timedelta(seconds=8)).event_id
    assert ids(take()) == [late]
    clock.moment = now + MINUTE / 2
    assert take() == []
    assert ids(take(consumer="CRM")) == [seen[0], late, *seen[1:]]


def test_a_tenant_leases_nothing_of_another(wiring: Wiring, take: Take, emit: Emit) -> None:
    other = unique("tenant")
    emit(tenant_id=other)
    emit(tenant_id=None)
    assert take() == []
    wiring.consumers.lease(Queue(other, "SMP"), Filter(other, "SMP"), Wish(10, -MINUTE))
    assert take() == []


def test_the_status_in_the_store_is_what_was_decided(wiring: Wiring, emit: Emit) -> None:
    event_id = emit().event_id
    wiring.consumers.refuse(event_id, "SMP", Cause("nacked", RETRYABLE, "busy"), MINUTE)
    row = wiring.hub.document(f"deliveries/{event_id}__SMP").get().to_dict() or {}
    assert (row["status"], row["attempts"]) == (FAILED, 1)
    assert row["lastError"]["class"] == RETRYABLE
    assert row["lastError"]["reason"] == "busy"
    assert len(row["lastError"]["hash"]) == 16
