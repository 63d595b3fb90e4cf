"""Events reach their endpoints: signed, once, again where they were not taken."""

import json
import threading
from datetime import timedelta
from typing import Any

import pytest
from standardwebhooks import Webhook

from shared.events.models import Filter
from shared.kernel.clock import utc_now
from shared.webhooks.models import DEAD, DELIVERED, HELD, PENDING
from shared.webhooks.rules import LEASE, SCHEDULE
from shared.webhooks.service import Draft
from tests.builders import unique
from tests.emulator.webhooks.conftest import World
from tests.sink import Received, Reply, Sink


class Killed(BaseException):
    """The instance is gone: nothing of ours may catch it."""


def kill(*_: object) -> Any:
    raise Killed


def test_an_event_arrives_signed_as_standard_webhooks_wants_it(world: World, sink: Sink) -> None:
    endpoint = world.register(sink.url)
    event = world.happen(subject="case-1")
    (received,) = sink.received
    told = Webhook(endpoint.secrets[0].text).verify(received.body, dict(received.headers))
    assert (told["id"], told["type"], told["data"]) == (
        event.event_id,
        event.event_type,
        event.payload,
    )
    assert told["subject"] == "case-1"
    assert told["specversion"] == "1.0"
    assert received.message_id == event.event_id
    assert received.headers["content-type"] == "application/json"


def test_an_event_that_comes_again_is_not_sent_again(world: World, sink: Sink) -> None:
    world.register(sink.url)
    event = world.happen()
    for _ in range(3):
        world.tell(event, world.instance())
    assert sink.ids == [event.event_id]
    (delivery,) = world.deliveries()
    assert (delivery.status, delivery.attempts) == (DELIVERED, 1)


def test_instances_that_are_told_at_once_send_once_to_each_endpoint(
    world: World, sink: Sink
) -> None:
    for _ in range(3):
        world.register(sink.url)
    event = world.wiring.event_bus.emit(world.event()).event
    instances = [world.instance() for _ in range(6)]
    threads = [threading.Thread(target=world.tell, args=(event, i)) for i in instances]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    assert sink.ids == [event.event_id] * 3
    assert [d.attempts for d in world.deliveries()] == [1, 1, 1]


def test_only_the_types_that_are_wanted_and_the_own_tenant_are_told(
    world: World, sink: Sink
) -> None:
    other = unique("tenant")
    world.register(sink.url, event_types=("case_changed",))
    world.register(sink.url, tenant=other)
    world.happen(event_type="case_removed")
    world.happen(tenant_id=None)
    assert sink.received == []
    mine = world.happen()
    theirs = world.happen(tenant_id=other)
    assert sink.ids == [mine.event_id, theirs.event_id]
    assert len(world.deliveries()) == 1
    assert [d.event_id for d in world.deliveries(other)] == [theirs.event_id]


def test_an_endpoint_of_a_moment_ago_is_told_by_an_instance_that_knew_of_none(
    world: World, sink: Sink
) -> None:
    world.happen()
    with_one = world.instance()
    with_one.webhooks.register(world.tenant, Draft(sink.url, ("*",)))
    event = world.happen()
    assert sink.ids == [event.event_id]


def test_what_is_not_taken_comes_again_by_the_schedule_under_the_same_id_until_it_is_dead(
    world: World, sink: Sink
) -> None:
    sink.says(500)
    world.register(sink.url)
    world.clock.moment = utc_now()
    event = world.happen()
    for wait in SCHEDULE[1:]:
        world.tick()
        sent = len(sink.received)
        world.clock.moment += timedelta(seconds=wait * 1.21)
        world.tick()
        assert len(sink.received) == sent + 1
    assert set(sink.ids) == {event.event_id}
    assert len(sink.ids) == len(SCHEDULE)
    (delivery,) = world.deliveries()
    assert (delivery.status, delivery.cause, delivery.attempts) == (DEAD, "http_500", 10)


def test_a_worker_that_dies_before_it_takes_note_leaves_the_same_message_to_be_sent_again(
    world: World, sink: Sink, monkeypatch: pytest.MonkeyPatch
) -> None:
    world.register(sink.url)
    world.clock.moment = utc_now()
    with monkeypatch.context() as patched:
        patched.setattr(world.wiring.webhook_queue, "save", kill)
        with pytest.raises(Killed):
            world.happen()
    world.tick()
    assert len(sink.received) == 1
    world.clock.moment += LEASE + timedelta(seconds=1)
    world.tick()
    first, second = sink.received
    assert first.message_id == second.message_id
    assert json.loads(first.body) == json.loads(second.body)
    (delivery,) = world.deliveries()
    assert (delivery.status, delivery.attempts) == (DELIVERED, 2)


def test_two_workers_never_make_the_same_attempt(world: World, sink: Sink) -> None:
    sink.says(503)
    endpoint = world.register(sink.url)
    world.clock.moment = utc_now()
    for _ in range(5):
        world.happen()
    sink.answer = lambda _: Reply()
    sink.received.clear()
    world.clock.moment += timedelta(seconds=10)
    workers = [world.instance().webhook_retries for _ in range(4)]
    threads = [threading.Thread(target=w.see_to, args=(endpoint.webhook_id,)) for w in workers]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    assert len(sink.ids) == len(set(sink.ids)) == 5
    assert {d.status for d in world.deliveries()} == {DELIVERED}


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
    sink.answer = lambda _: Reply()
    world.clock.moment += timedelta(seconds=10)
    world.tick()
    expected = [first.event_id, *(event.event_id for event in waiting)]
    assert sink.ids[2:] == expected


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
    world.clock.moment += timedelta(seconds=61)
    world.tick()
    assert len(sink.received) == 11
    assert world.endpoint(endpoint).open_until == world.clock.moment + timedelta(minutes=2)
    sink.answer = lambda _: Reply()
    world.clock.moment += timedelta(minutes=6)
    world.tick()
    assert world.endpoint(endpoint).open_until is None
    assert {d.status for d in world.deliveries()} == {DELIVERED}


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
