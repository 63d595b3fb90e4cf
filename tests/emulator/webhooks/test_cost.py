"""What a delivery costs at the store."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

from scripts.suite.counting import Costs, costing
from shared.kernel.clock import utc_now
from tests.emulator.webhooks.conftest import World, nanoseconds
from tests.sink import Reply, Sink

AT_ONCE = 32


def test_one_alone_is_read_for_created_and_recorded(world: World, sink: Sink) -> None:
    world.register(sink.url)
    costs = Costs()
    instance, event = world.counted(costs), world.event()
    with costing(costs) as first:
        instance.webhook_fan_out.tell(event, nanoseconds(utc_now()))
    assert first.as_tuple() == (4, 2, 3)


def test_of_endpoints_that_are_known_a_delivery_takes_two_calls_and_no_read(
    world: World, sink: Sink
) -> None:
    world.register(sink.url)
    costs, stored = Costs(), utc_now()
    instance = world.counted(costs)
    instance.webhook_fan_out.tell(world.event(), nanoseconds(stored))
    with costing(costs) as spent:
        instance.webhook_fan_out.tell(world.event(), nanoseconds(stored))
    assert spent.as_tuple() == (2, 0, 3)


def test_of_a_tenant_without_endpoints_an_event_is_one_read(world: World) -> None:
    costs = Costs()
    instance = world.counted(costs)
    with costing(costs) as spent:
        instance.webhook_fan_out.tell(world.event(), nanoseconds(utc_now()))
    assert spent.as_tuple() == (1, 1, 0)


def test_many_at_once_share_their_calls(world: World, sink: Sink) -> None:
    for _ in range(4):
        world.register(sink.url, event_types=(f"type_{_}",))
    costs = Costs()
    instance = world.counted(costs)
    events = [world.event(event_type=f"type_{n % 4}") for n in range(AT_ONCE)]

    def tell(number: int) -> None:
        instance.webhook_fan_out.tell(events[number], nanoseconds(utc_now()))

    with costing(costs) as spent, ThreadPoolExecutor(AT_ONCE) as pool:
        list(pool.map(tell, range(AT_ONCE)))
    assert len(sink.received) == AT_ONCE
    assert spent.writes == 3 * AT_ONCE
    assert spent.calls <= 2 * AT_ONCE


def test_another_attempt_is_claimed_its_event_read_and_recorded(world: World, sink: Sink) -> None:
    sink.says(500)
    endpoint = world.register(sink.url)
    world.clock.moment = utc_now()
    world.happen()
    sink.answer = lambda _: Reply()
    world.clock.moment += timedelta(seconds=10)
    costs = Costs()
    instance = world.counted(costs)
    with costing(costs) as spent:
        instance.webhook_retries.see_to(endpoint.webhook_id)
    assert spent.as_tuple() == (6, 4, 3)
    assert len(sink.received) == 2
