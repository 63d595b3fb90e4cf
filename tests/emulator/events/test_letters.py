"""Dead letters on a real store: found, paged, counted, and none is lost."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from shared.events import letters as letters_module
from shared.events.intake import Wish
from shared.events.letters import DeadFilter
from shared.events.models import DEAD, DONE, POISON, Cause, Filter
from shared.events.queue import Deliveries, Held, Queue
from shared.kernel.errors import InvalidRequest
from shared.wiring import Wiring
from tests.builders import unique
from tests.emulator.conftest import SetClock
from tests.emulator.events.conftest import CAUSE, Emit, Kill
from tests.emulator.events.letters import delivery, letters

MINUTE = timedelta(minutes=1)


def test_dead_letters_are_found_by_consumer_type_and_cause(
    wiring: Wiring, kill: Kill, tenant: str
) -> None:
    one = kill(event_type="a")
    two = kill(event_type="b", cause=Cause("KeyError", POISON, "price"))
    three = kill(consumer="CRM", event_type="a")
    assert letters(wiring, DeadFilter(tenant)) == [one, two, three]
    assert letters(wiring, DeadFilter(tenant, consumer="SMP")) == [one, two]
    assert letters(wiring, DeadFilter(tenant, types=("a",))) == [one, three]
    assert letters(wiring, DeadFilter(tenant, code="KeyError")) == [two]
    assert letters(wiring, DeadFilter(tenant, "SMP", ("a",), "nacked")) == [one]
    assert letters(wiring, DeadFilter(unique("tenant"))) == []


def test_pages_of_dead_letters_give_each_of_them_once(
    wiring: Wiring, kill: Kill, tenant: str
) -> None:
    dead = [kill() for _ in range(5)]
    found, cursor = [], None
    for _ in range(3):
        page = wiring.dead_letters.page(DeadFilter(tenant), 2, cursor)
        found += [one.event_id for one in page.items]
        cursor = page.next_cursor
    assert (found, cursor) == (dead, None)
    first = wiring.dead_letters.page(DeadFilter(tenant), 2, None).next_cursor
    with pytest.raises(InvalidRequest):
        wiring.dead_letters.page(DeadFilter(unique("tenant")), 2, first)


def test_what_dies_again_meanwhile_is_left_for_another_call(
    wiring: Wiring, kill: Kill, tenant: str, clock: SetClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    dead = [kill() for _ in range(4)]
    monkeypatch.setattr(letters_module, "PAGE", 2)
    save_each = Deliveries.save_each

    def dying_again(store: Deliveries, held: Sequence[Held]) -> list[Any]:
        clock.moment = datetime.now(UTC) + MINUTE
        saved = save_each(store, held)
        for one in held:
            wiring.consumers.refuse(one.delivery.event_id, "SMP", CAUSE)
        return saved

    monkeypatch.setattr(Deliveries, "save_each", dying_again)
    assert wiring.dead_letters.redrive(DeadFilter(tenant), None).sent == 4
    assert sorted(letters(wiring, DeadFilter(tenant))) == sorted(dead)


def test_the_numbers_of_a_consumer_are_what_it_has_to_do(
    wiring: Wiring, recorded: Emit, tenant: str, clock: SetClock
) -> None:
    start = clock.moment = datetime.now(UTC)
    queue, told = Queue(tenant, "SMP"), Filter(tenant, "SMP")
    put = [
        recorded(recorded_at=start - timedelta(seconds=60 - s), targets=("SMP",)).event_id
        for s in range(8)
    ]

    def numbers() -> tuple[int, int, int, int, datetime | None]:
        found = wiring.event_monitor.standing(queue, told)
        return found.unprocessed, found.leased, found.failed, found.dead, found.oldest_at

    assert numbers() == (8, 0, 0, 0, start - timedelta(seconds=60))
    wiring.consumers.acknowledge(put[0], "SMP")
    assert numbers() == (7, 0, 0, 0, start - timedelta(seconds=59))
    wiring.consumers.lease(queue, told, Wish(3, MINUTE))
    assert numbers() == (7, 3, 0, 0, start - timedelta(seconds=59))
    wiring.consumers.acknowledge(put[1], "SMP")
    wiring.consumers.refuse(put[2], "SMP", CAUSE)
    wiring.consumers.refuse(put[3], "SMP", CAUSE._replace(outcome="retryable"))
    assert numbers() == (5, 0, 1, 1, start - timedelta(seconds=57))
    for event_id in put[3:]:
        wiring.consumers.acknowledge(event_id, "SMP")
    assert numbers() == (0, 0, 0, 1, None)
    assert wiring.event_monitor.known(tenant) == ["SMP"]


def test_everything_that_was_accepted_ends_done_or_dead(
    wiring: Wiring, emit: Emit, tenant: str, clock: SetClock
) -> None:
    """Workers that crash, refuse or succeed by turns; an hour and a day pass in between."""
    clock.moment = datetime.now(UTC)
    accepted = [emit().event_id for _ in range(30)]
    for turn in range(40):
        told = Filter(tenant, "SMP")
        leases = wiring.consumers.lease(Queue(tenant, "SMP"), told, Wish(10, MINUTE))
        for number, lease in enumerate(leases):
            outcome = (number + turn) % 4
            event_id, lease_id = lease.event.event_id, lease.delivery.lease_id
            if outcome == 0:
                wiring.consumers.acknowledge(event_id, "SMP", lease_id)
            elif outcome == 1:
                cause = CAUSE._replace(outcome="retryable")
                wiring.consumers.refuse(event_id, "SMP", cause, None, lease_id)
        clock.moment += timedelta(hours=7)
    ended = [delivery(wiring, event_id).status for event_id in accepted]
    assert set(ended) <= {DONE, DEAD}
    assert ended.count(DONE) > 0
