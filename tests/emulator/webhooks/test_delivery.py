"""Events reach their endpoints: signed, once, again where they were not taken."""

import json
import threading
from datetime import timedelta
from typing import Any

import pytest
from standardwebhooks import Webhook

from shared.kernel.clock import utc_now
from shared.webhooks import known
from shared.webhooks.models import DEAD, DELIVERED
from shared.webhooks.rules import LEASE, SCHEDULE
from shared.webhooks.service import Draft
from tests.builders import unique
from tests.emulator.killed import Killed
from tests.emulator.webhooks.conftest import World, nanoseconds
from tests.sink import Reply, Sink


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


def test_a_secret_stands_nowhere_in_the_store(world: World, sink: Sink) -> None:
    endpoint = world.register(sink.url)
    world.wiring.webhooks.rotate(endpoint.webhook_id)
    world.happen()
    stored = str(world.wiring.hub.document(f"webhook_endpoints/{world.tenant}").get().to_dict())
    for secret in (*endpoint.secrets, *world.endpoint(endpoint).secrets):
        assert secret.text.removeprefix("whsec_") not in stored


def test_an_event_that_is_told_late_goes_to_endpoints_as_they_are_by_then(
    world: World, sink: Sink, monkeypatch: pytest.MonkeyPatch
) -> None:
    endpoint = world.register(sink.url)
    late, recorded = world.wiring.event_bus.emit(world.event()).event, nanoseconds(utc_now())
    first = world.happen()
    world.instance().webhooks.change(endpoint.webhook_id, Draft(enabled=False))
    monkeypatch.setattr(known, "LASTS_SECONDS", 0.0)
    world.wiring.webhook_fan_out.tell(late, recorded)
    assert sink.ids == [first.event_id]


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
    workers = [world.instance().webhook_retries for _ in range(3)] * 2
    threads = [threading.Thread(target=w.see_to, args=(endpoint.webhook_id,)) for w in workers]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    assert len(sink.ids) == len(set(sink.ids)) == 5
    assert {d.status for d in world.deliveries()} == {DELIVERED}
