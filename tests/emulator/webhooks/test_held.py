"""What is held for an endpoint is sent once it is enabled, whoever is faster and whoever dies."""

from datetime import timedelta
from typing import Any

import pytest

from shared.events.service import EventBus
from shared.kernel.clock import utc_now
from shared.webhooks.models import DELIVERED, HELD, PENDING
from shared.webhooks.queue import Queue as WebhookQueue
from shared.webhooks.service import Draft
from shared.webhooks.store import Endpoints
from tests.emulator.killed import Killed
from tests.emulator.webhooks.conftest import World
from tests.sink import Reply, Sink


@pytest.mark.parametrize(
    "step", [(Endpoints, "change"), (WebhookQueue, "save"), (EventBus, "announce")]
)
def test_who_is_gone_loses_nothing_though_the_instance_dies_on_the_way(
    world: World, sink: Sink, monkeypatch: pytest.MonkeyPatch, step: tuple[type, str]
) -> None:
    sink.says(410)
    endpoint = world.register(sink.url)
    world.clock.moment = utc_now()
    with monkeypatch.context() as dying:
        dying.setattr(*step, _killed)
        with pytest.raises(Killed):
            world.happen()
    (delivery,) = world.deliveries()
    assert delivery.status == PENDING or world.endpoint(endpoint).disabled
    world.clock.moment += timedelta(minutes=2)
    world.tick()
    assert [d.status for d in world.deliveries()] == [HELD]
    assert world.endpoint(endpoint).disabled == "gone"


def test_what_is_held_while_the_endpoint_is_enabled_is_sent(
    world: World, sink: Sink, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Between the look at the endpoint and the delivery's creation somebody enables it."""
    endpoint = world.register(sink.url, enabled=False)
    add, other = WebhookQueue.add, world.instance()

    def enabled_meanwhile(queue: WebhookQueue, *args: Any) -> Any:
        other.webhooks.change(endpoint.webhook_id, Draft(enabled=True))
        return add(queue, *args)

    monkeypatch.setattr(WebhookQueue, "add", enabled_meanwhile)
    event = world.happen()
    world.see_to_woken()
    assert sink.ids == [event.event_id]
    assert [d.status for d in world.deliveries()] == [DELIVERED]


def test_what_waits_is_not_held_though_the_endpoint_is_enabled_at_that_moment(
    world: World, sink: Sink, monkeypatch: pytest.MonkeyPatch
) -> None:
    sink.says(500)
    endpoint = world.register(sink.url)
    world.clock.moment = utc_now()
    event = world.happen()
    world.wiring.webhooks.change(endpoint.webhook_id, Draft(enabled=False))
    due, other = WebhookQueue.due, world.instance()

    def enabled_meanwhile(queue: WebhookQueue, *args: Any) -> Any:
        other.webhooks.change(endpoint.webhook_id, Draft(enabled=True))
        return due(queue, *args)

    sink.answer = lambda _: Reply()
    world.clock.moment += timedelta(minutes=1)
    with monkeypatch.context() as meanwhile:
        meanwhile.setattr(WebhookQueue, "due", enabled_meanwhile)
        world.wiring.webhook_retries.see_to(endpoint.webhook_id)
    world.see_to_woken()
    assert sink.ids == [event.event_id] * 2
    assert [d.status for d in world.deliveries()] == [DELIVERED]


def _killed(*_: Any) -> Any:
    raise Killed
