"""What events cost in calls, reads and writes, counted on the wire."""

from datetime import timedelta

import pytest

from scripts.suite.counting import Costs, costing, counted_client
from shared.events.consuming import Consumers
from shared.events.handling import Dispatcher, Handler
from shared.events.intake import Intake, Wish
from shared.events.models import RETRYABLE, Cause, Filter
from shared.events.positions import Positions
from shared.events.queue import Deliveries, Queue
from shared.events.service import EventBus
from shared.events.store import Events
from shared.wiring import Wiring
from tests.builders import event, unique
from tests.emulator.events.conftest import Emit


class Counted:
    """Everything of events, on a client whose calls are counted."""

    def __init__(self, wiring: Wiring) -> None:
        self.costs = Costs()
        client = counted_client(wiring.settings.hub, self.costs)
        events, deliveries = Events(client), Deliveries(client)
        intake = Intake(events, deliveries, Positions(client))
        self.bus = EventBus(events, wiring.clock)
        self.consumers = Consumers(events, deliveries, intake, wiring.clock)
        self.dispatcher = Dispatcher(self.consumers, deliveries, wiring, wiring.clock)


@pytest.fixture
def counted(wiring: Wiring) -> Counted:
    return Counted(wiring)


def test_an_event_is_emitted_by_one_call_that_writes_one_document(
    counted: Counted, tenant: str
) -> None:
    with costing(counted.costs) as spent:
        counted.bus.emit(event(tenant_id=tenant))
    assert spent.as_tuple() == (1, 0, 1)
    with costing(counted.costs) as spent:
        counted.bus.announce("token_low", unique("occasion"), tenant, "account", {"n": 1})
    assert spent.as_tuple() == (1, 0, 1)


def test_an_event_that_is_emitted_again_is_read_and_not_written(
    counted: Counted, tenant: str
) -> None:
    same = event(tenant_id=tenant)
    counted.bus.emit(same)
    with costing(counted.costs) as spent:
        assert counted.bus.emit(same).replay
    assert spent.as_tuple() == (2, 1, 0)


def test_an_acknowledgement_reads_two_documents_and_writes_them(
    counted: Counted, emit: Emit
) -> None:
    event_id = emit().event_id
    with costing(counted.costs) as spent:
        counted.consumers.acknowledge(event_id, "SMP")
    assert spent.as_tuple() == (2, 2, 2)
    with costing(counted.costs) as spent:
        counted.consumers.acknowledge(event_id, "SMP")
    assert spent.as_tuple() == (1, 2, 0)


def test_a_refusal_writes_the_delivery_alone(counted: Counted, emit: Emit) -> None:
    event_id = emit().event_id
    with costing(counted.costs) as spent:
        counted.consumers.refuse(event_id, "SMP", Cause("nacked", RETRYABLE))
    assert spent.as_tuple() == (2, 2, 1)


def test_a_lease_of_many_takes_few_calls(counted: Counted, emit: Emit, tenant: str) -> None:
    """What is due, the position, new events, their deliveries; then both are written."""
    for _ in range(25):
        emit()
    with costing(counted.costs) as spent:
        wish = Wish(25, timedelta(minutes=1))
        leases = counted.consumers.lease(Queue(tenant, "SMP"), Filter(tenant, "SMP"), wish)
    assert len(leases) == 25
    assert spent.calls == 6
    assert (spent.reads, spent.writes) == (1 + 1 + 25 + 25, 25 + 1)


def test_the_hub_handles_an_event_in_two_calls_without_a_read(counted: Counted, emit: Emit) -> None:
    told = emit()
    handler: Handler[Wiring] = Handler("me", lambda _, __: ())
    with costing(counted.costs) as spent:
        counted.dispatcher.tell(handler, told)
    assert spent.as_tuple() == (2, 0, 2)
    with costing(counted.costs) as spent:
        counted.dispatcher.tell(handler, told)
    assert spent.as_tuple() == (1, 0, 0)
