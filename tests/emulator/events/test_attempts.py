"""Attempts at an event: late, refused, deadly, and the last one."""

from datetime import timedelta

import pytest

from shared.events.attempts import MAX_ATTEMPTS
from shared.events.models import DEAD, DONE, FAILED, PERMANENT, RETRYABLE, Cause
from shared.kernel.errors import Conflict
from shared.wiring import Wiring
from tests.emulator.conftest import SetClock
from tests.emulator.events.conftest import Emit
from tests.emulator.events.leases import MINUTE, Take, ids, later

BUSY = Cause("nacked", RETRYABLE, "busy")


def test_a_stale_holder_changes_nothing(
    wiring: Wiring, take: Take, emit: Emit, clock: SetClock
) -> None:
    event_id = emit().event_id
    stale = take()[0].delivery.lease_id
    later(clock, 2 * MINUTE)
    mine = take()[0].delivery.lease_id
    with pytest.raises(Conflict):
        wiring.consumers.acknowledge(event_id, "SMP", stale)
    with pytest.raises(Conflict):
        wiring.consumers.refuse(event_id, "SMP", BUSY, None, stale)
    assert wiring.event_bus.get(event_id).processed is False
    assert wiring.consumers.acknowledge(event_id, "SMP", mine).event.processed is True


def test_a_late_holder_that_nobody_replaced_is_done(
    wiring: Wiring, take: Take, emit: Emit, clock: SetClock
) -> None:
    event_id = emit().event_id
    lease_id = take()[0].delivery.lease_id
    later(clock, 2 * MINUTE)
    assert wiring.consumers.acknowledge(event_id, "SMP", lease_id).event.processed is True
    assert take() == []


def test_what_is_refused_comes_again_after_the_delay(
    wiring: Wiring, take: Take, emit: Emit, clock: SetClock
) -> None:
    event_id = emit().event_id
    lease_id = take()[0].delivery.lease_id
    state = wiring.consumers.refuse(event_id, "SMP", BUSY, timedelta(seconds=30), lease_id)
    assert state.delivery is not None
    assert (state.delivery.status, state.delivery.attempts) == (FAILED, 1)
    assert state.delivery.last_error == BUSY
    assert take() == []
    later(clock, timedelta(seconds=31))
    assert ids(take()) == [event_id]


def test_the_last_attempt_is_the_last(
    wiring: Wiring, take: Take, emit: Emit, clock: SetClock
) -> None:
    event_id = emit().event_id
    statuses = []
    for _ in range(MAX_ATTEMPTS):
        (lease,) = take()
        state = wiring.consumers.refuse(event_id, "SMP", BUSY, None, lease.delivery.lease_id)
        assert state.delivery is not None
        statuses.append(state.delivery.status)
        later(clock, timedelta(days=1))
    assert statuses == [FAILED] * (MAX_ATTEMPTS - 1) + [DEAD]
    assert take() == []
    with pytest.raises(Conflict):
        wiring.consumers.refuse(event_id, "SMP", BUSY)


def test_an_event_that_kills_its_workers_dies(take: Take, emit: Emit, clock: SetClock) -> None:
    emit()
    for _ in range(MAX_ATTEMPTS):
        assert len(take()) == 1
        later(clock, 2 * MINUTE)
    assert [take(), take()] == [[], []]


def test_a_permanent_failure_is_dead_at_once(wiring: Wiring, emit: Emit) -> None:
    event_id = emit().event_id
    cause = Cause("nacked", PERMANENT, "no such menu")
    state = wiring.consumers.refuse(event_id, "SMP", cause)
    assert state.delivery is not None
    assert (state.delivery.status, state.delivery.last_error) == (DEAD, cause)


def test_a_dead_event_can_still_be_done(wiring: Wiring, emit: Emit) -> None:
    event_id = emit().event_id
    wiring.consumers.refuse(event_id, "SMP", Cause("nacked", PERMANENT))
    state = wiring.consumers.acknowledge(event_id, "SMP")
    assert (state.event.processed, state.delivery and state.delivery.status) == (True, DONE)
