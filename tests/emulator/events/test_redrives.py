"""Redrives and replays: what comes again comes in time, to whom it is for, and once."""

from datetime import UTC, datetime, timedelta

from shared.events.intake import Wish
from shared.events.letters import DeadFilter
from shared.events.models import DEAD, DONE, PENDING, Filter
from shared.events.queue import Queue
from shared.wiring import Wiring
from tests.builders import unique
from tests.emulator.conftest import SetClock
from tests.emulator.events.conftest import CAUSE, Emit, Kill
from tests.emulator.events.letters import delivery, letters

MINUTE = timedelta(minutes=1)


def leased(wiring: Wiring, tenant: str, consumer: str = "SMP") -> list[str]:
    told = Filter(tenant, consumer)
    leases = wiring.consumers.lease(Queue(tenant, consumer), told, Wish(100, MINUTE))
    return [lease.event.event_id for lease in leases]


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
