"""Dead letters, redrives and replays on a real store: nothing is lost, and nobody else notices."""

from collections.abc import Callable, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from shared.events import letters as letters_module
from shared.events.intake import Wish
from shared.events.letters import DeadFilter
from shared.events.models import DEAD, DONE, PENDING, PERMANENT, POISON, Cause, Delivery, Filter
from shared.events.queue import Deliveries, Held, Queue
from shared.kernel.errors import InvalidRequest
from shared.wiring import Wiring
from tests.builders import unique
from tests.emulator.conftest import SetClock
from tests.emulator.events.conftest import Emit

Kill = Callable[..., str]
MINUTE = timedelta(minutes=1)
CAUSE = Cause("nacked", PERMANENT, "no such menu")


@pytest.fixture
def kill(wiring: Wiring, emit: Emit) -> Kill:
    """An event that is dead at a consumer."""

    def dead(consumer: str = "SMP", cause: Cause = CAUSE, **changes: object) -> str:
        event_id = emit(**changes).event_id
        wiring.consumers.refuse(event_id, consumer, cause)
        return event_id

    return dead


def delivery(wiring: Wiring, event_id: str, consumer: str = "SMP") -> Delivery:
    name = f"{event_id}__{consumer}"
    return wiring.deliveries.known([name])[name].delivery


def leased(wiring: Wiring, tenant: str, consumer: str = "SMP") -> list[str]:
    told = Filter(tenant, consumer)
    leases = wiring.consumers.lease(Queue(tenant, consumer), told, Wish(100, MINUTE))
    return [lease.event.event_id for lease in leases]


def letters(wiring: Wiring, filter_: DeadFilter) -> list[str]:
    return [found.event_id for found in wiring.dead_letters.page(filter_, 100, None).items]


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


def test_what_is_redriven_is_due_no_faster_than_the_rate(
    wiring: Wiring, kill: Kill, tenant: str, clock: SetClock
) -> None:
    for _ in range(5):
        kill()
    now = clock.moment = datetime.now(UTC)
    done = wiring.dead_letters.redrive(DeadFilter(tenant), rate=0.5)
    assert (done.sent, done.last_due_at, done.more) == (5, now + timedelta(seconds=8), False)
    assert letters(wiring, DeadFilter(tenant)) == []
    taken = []
    for second in range(10):
        clock.moment = now + timedelta(seconds=second)
        taken.append(len(leased(wiring, tenant)))
    assert taken == [1, 0, 1, 0, 1, 0, 1, 0, 1, 0]


def test_a_redriven_event_starts_anew(wiring: Wiring, kill: Kill, tenant: str) -> None:
    event_id = kill()
    wiring.dead_letters.redrive(DeadFilter(tenant), rate=None)
    found = delivery(wiring, event_id)
    assert (found.status, found.attempts, found.last_error) == (PENDING, 0, CAUSE)
    assert leased(wiring, tenant) == [event_id]


def test_a_redrive_takes_what_the_filter_says_and_no_other_tenants(
    wiring: Wiring, kill: Kill, tenant: str
) -> None:
    other = unique("tenant")
    mine, crm, theirs = kill(), kill(consumer="CRM"), kill(tenant_id=other)
    assert wiring.dead_letters.redrive(DeadFilter(tenant, consumer="SMP"), None).sent == 1
    assert delivery(wiring, mine).status == PENDING
    assert delivery(wiring, crm, "CRM").status == DEAD
    assert delivery(wiring, theirs).status == DEAD


def test_more_than_a_page_is_redriven_each_once(wiring: Wiring, kill: Kill, tenant: str) -> None:
    for _ in range(103):
        kill()
    assert wiring.dead_letters.count(DeadFilter(tenant)) == 103
    assert wiring.dead_letters.redrive(DeadFilter(tenant), 1000).sent == 103
    assert wiring.dead_letters.count(DeadFilter(tenant)) == 0


def test_a_replay_is_for_one_consumer_and_one_time(
    wiring: Wiring, recorded: Emit, tenant: str
) -> None:
    start = datetime.now(UTC) - MINUTE
    put = [recorded(recorded_at=start + timedelta(seconds=s)).event_id for s in range(5)]
    for event_id in put:
        for consumer in ("SMP", "CRM"):
            wiring.consumers.acknowledge(event_id, consumer)
    told = Filter(
        tenant, "SMP", since=start + timedelta(seconds=1), until=start + timedelta(seconds=4)
    )
    made = wiring.replays.replay("SMP", told)
    assert made.sent == 3
    assert leased(wiring, tenant) == put[1:4]
    assert leased(wiring, tenant, "CRM") == []
    assert delivery(wiring, put[0]).status == DONE
    assert delivery(wiring, put[1]).replay_id == made.replay_id
    assert wiring.event_bus.get(put[1]).replays == {"SMP": made.replay_id}


def test_a_replayed_event_is_open_for_its_consumer_until_it_is_done_again(
    wiring: Wiring, emit: Emit, tenant: str
) -> None:
    event_id = emit(targets=("SMP", "CRM")).event_id
    for consumer in ("SMP", "CRM"):
        wiring.consumers.acknowledge(event_id, consumer)
    now = datetime.now(UTC)
    wiring.replays.replay("SMP", Filter(tenant, "SMP", since=now - MINUTE, until=now + MINUTE))
    after = wiring.event_bus.get(event_id)
    assert (after.done_by, after.processed) == (("CRM",), False)
    assert wiring.consumers.acknowledge(event_id, "SMP").event.processed is True


def test_who_held_an_event_before_its_replay_does_not_end_it(
    wiring: Wiring, emit: Emit, tenant: str
) -> None:
    event_id = emit().event_id
    leased(wiring, tenant)
    now = datetime.now(UTC)
    wiring.replays.replay("SMP", Filter(tenant, "SMP", since=now - MINUTE, until=now + MINUTE))
    assert leased(wiring, tenant) == [event_id]


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
