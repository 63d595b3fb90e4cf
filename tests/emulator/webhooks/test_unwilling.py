"""Endpoints that do not take what they are sent: nothing is lost, and nobody else waits."""

import threading
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest

from shared.events.models import Filter
from shared.kernel.clock import utc_now
from shared.webhooks.models import DEAD, DELIVERED, HELD, PENDING
from tests.builders import unique
from tests.emulator.webhooks.conftest import World
from tests.sink import Received, Reply, Sink


@pytest.mark.parametrize("absurd", ["99999999999999999999", "Fri, 31 Dec 9999 23:59:59 GMT"])
def test_an_absurd_retry_after_is_waited_for_a_day_at_most(
    world: World, sink: Sink, absurd: str
) -> None:
    sink.says(429, Retry_After=absurd)
    world.register(sink.url)
    world.clock.moment = utc_now()
    world.happen()
    (delivery,) = world.deliveries()
    assert delivery.next_attempt_at == world.clock.moment + timedelta(hours=24)


def test_who_is_gone_is_disabled_and_the_queue_is_kept_until_it_is_recovered(
    world: World, sink: Sink
) -> None:
    sink.says(410)
    endpoint = world.register(sink.url)
    world.clock.moment = utc_now()
    since = world.clock.moment - timedelta(minutes=1)
    first = world.happen()
    assert world.endpoint(endpoint).disabled == "gone"
    second = world.happen()
    assert sink.ids == [first.event_id]
    assert [d.status for d in world.deliveries()] == [HELD, HELD]
    sink.answer = lambda _: Reply()
    assert world.wiring.webhooks.recover(endpoint.webhook_id, since) == 2
    world.tick()
    assert sorted(sink.ids[1:]) == sorted([first.event_id, second.event_id])
    assert {d.status for d in world.deliveries()} == {DELIVERED}
    assert world.endpoint(endpoint).disabled is None


def test_a_redirect_is_not_followed(world: World, sink: Sink) -> None:
    sink.says(301, Location="http://127.0.0.1:9701/elsewhere")
    world.register(sink.url)
    world.happen()
    assert len(sink.received) == 1
    (delivery,) = world.deliveries()
    assert (delivery.status, delivery.cause) == (PENDING, "http_301")


def test_what_was_due_to_an_endpoint_that_is_removed_is_dead_with_the_cause(
    world: World, sink: Sink
) -> None:
    sink.says(500)
    endpoint = world.register(sink.url)
    world.clock.moment = utc_now()
    world.happen()
    world.wiring.webhooks.remove(endpoint.webhook_id)
    world.clock.moment += timedelta(minutes=1)
    world.tick()
    (delivery,) = world.deliveries()
    assert (delivery.status, delivery.cause) == (DEAD, "endpoint_deleted")


def test_events_of_a_subject_arrive_in_order_where_that_is_asked_for(
    world: World, sink: Sink
) -> None:
    world.register(sink.url, ordered=True)
    world.clock.moment = utc_now()
    sink.answer = lambda r: Reply(500 if r.message_id.startswith("bad") else 200)
    first = world.happen(subject="a", event_id=unique("bad"))
    waiting = [world.happen(subject="a") for _ in range(3) if _step(world)]
    other = world.happen(subject="b")
    assert sink.ids == [first.event_id, other.event_id]
    world.clock.moment += timedelta(seconds=10)
    world.tick()
    assert sink.ids[2:] == [first.event_id]
    sink.answer = lambda _: Reply()
    world.clock.moment += timedelta(minutes=10)
    world.tick()
    expected = [first.event_id, *(event.event_id for event in waiting)]
    assert sink.ids[3:] == expected


def test_an_endpoint_that_only_fails_is_left_alone_and_tried_by_one_probe(
    world: World, sink: Sink
) -> None:
    sink.says(500)
    endpoint = world.register(sink.url)
    world.clock.moment = utc_now()
    for _ in range(14):
        world.happen()
    assert len(sink.received) == 10
    opened = world.endpoint(endpoint)
    assert opened.open_until == world.clock.moment + timedelta(minutes=1)
    world.clock.moment += timedelta(seconds=30)
    world.wiring.webhook_retries.see_to(endpoint.webhook_id)
    assert len(sink.received) == 10
    world.clock.moment += timedelta(seconds=31)
    world.tick()
    assert len(sink.received) == 11
    assert world.endpoint(endpoint).open_until == world.clock.moment + timedelta(minutes=2)
    sink.answer = lambda _: Reply()
    world.clock.moment += timedelta(minutes=6)
    world.tick()
    assert world.endpoint(endpoint).open_until is None
    assert {d.status for d in world.deliveries()} == {DELIVERED}


def test_of_many_that_fail_together_one_opens_the_breaker(world: World, sink: Sink) -> None:
    sink.says(500)
    endpoint = world.register(sink.url)
    world.clock.moment = utc_now()
    for _ in range(9):
        world.happen()
    together = threading.Barrier(4)

    def failing(_: Received) -> Reply:
        together.wait(10)
        return Reply(500)

    sink.answer = failing
    events = [world.wiring.event_bus.emit(world.event()).event for _ in range(4)]
    with ThreadPoolExecutor(4) as threads:
        list(threads.map(world.tell, events))
    assert world.endpoint(endpoint).trips == 1


def test_five_days_of_failures_disable_an_endpoint_and_keep_its_queue(
    world: World, sink: Sink
) -> None:
    sink.says(500)
    endpoint = world.register(sink.url)
    world.clock.moment = utc_now()
    for _ in range(9):
        world.happen()
        for _ in range(16):
            world.clock.moment += timedelta(hours=1)
            world.tick()
    after = world.endpoint(endpoint)
    assert after.disabled == "failing"
    assert {d.status for d in world.deliveries()} <= {HELD, DEAD, PENDING}
    (told,) = world.wiring.feed.page(
        Filter(world.tenant, types=("webhook_disabled",)), 100, None
    ).items
    assert told.payload == {"webhookId": endpoint.webhook_id, "cause": "failing"}


def test_a_dead_endpoint_keeps_nobody_waiting(world: World, sink: Sink) -> None:
    stuck = threading.Event()
    slow = unique("slow")

    def answer(received: Received) -> Reply:
        if slow in received.body.decode():
            stuck.wait(10)
        return Reply()

    sink.answer = answer
    other = unique("tenant")
    world.register(sink.url)
    world.register(sink.url, tenant=other)
    held_up = [
        threading.Thread(target=world.happen, kwargs={"payload": {"slow": slow}}, daemon=True)
        for _ in range(12)
    ]
    for thread in held_up:
        thread.start()
    began = utc_now()
    event = world.happen(tenant_id=other)
    assert event.event_id in sink.ids
    assert utc_now() - began < timedelta(seconds=5)
    assert len(sink.received) <= 9
    stuck.set()
    for thread in held_up:
        thread.join(30)
    world.see_to_woken()
    assert len(sink.received) == len(set(sink.ids)) == 13


def _step(world: World) -> bool:
    assert world.clock.moment
    world.clock.moment += timedelta(milliseconds=10)
    return True
