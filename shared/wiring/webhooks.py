"""What webhooks are made of."""

import functools
from typing import TYPE_CHECKING

from shared.wiring.crypto import CryptoWiring
from shared.wiring.events import EventsWiring

if TYPE_CHECKING:
    from collections.abc import Callable

    from shared.webhooks.fanout import FanOut
    from shared.webhooks.missed import Missed
    from shared.webhooks.models import Poster
    from shared.webhooks.queue import Queue
    from shared.webhooks.record import Record
    from shared.webhooks.retries import Retries
    from shared.webhooks.sending import Sender
    from shared.webhooks.service import Webhooks
    from shared.webhooks.store import Endpoints
    from shared.webhooks.turns import Turns
    from shared.webhooks.waking import Publish

LOOPBACK_PORTS = range(9700, 9800)


class WebhooksWiring(EventsWiring, CryptoWiring):
    @functools.cached_property
    def webhooks(self) -> "Webhooks":
        from shared.webhooks.service import Webhooks

        return Webhooks(
            self.webhook_endpoints,
            self.webhook_missed,
            self.webhook_record,
            self.webhook_sender,
            self.webhook_poster,
            self.clock,
        )

    @functools.cached_property
    def webhook_fan_out(self) -> "FanOut":
        from shared.webhooks.fanout import FanOut

        return FanOut(
            self.webhook_endpoints,
            self.webhook_queue,
            self.webhook_sender,
            self.webhook_turns,
            self.webhook_missed,
            self.webhook_wake,
            self.clock,
        )

    @functools.cached_property
    def webhook_retries(self) -> "Retries":
        from shared.webhooks.retries import Retries

        return Retries(
            self.webhook_endpoints,
            self.webhook_queue,
            self.webhook_sender,
            self.webhook_turns,
            self.webhook_missed,
            self.webhook_publish,
            self.clock,
        )

    @functools.cached_property
    def webhook_missed(self) -> "Missed":
        from shared.webhooks.missed import Missed

        return Missed(self.webhook_endpoints, self.webhook_queue, self.webhook_wake, self.clock)

    @functools.cached_property
    def webhook_wake(self) -> "Callable[[str], None]":
        from shared.webhooks.waking import wake

        return functools.partial(wake, self.webhook_publish)

    @functools.cached_property
    def webhook_publish(self) -> "Publish":
        return functools.partial(self.publish, "webhook-deliveries")

    @functools.cached_property
    def webhook_poster(self) -> "Poster":
        from shared.platform.outbound import Outbound
        from shared.webhooks.vendors.http import HttpPoster

        for_play = all(p.startswith("demo-") for p in self.settings.registered_projects)
        return HttpPoster(Outbound(LOOPBACK_PORTS if for_play else range(0)), self.clock)

    @functools.cached_property
    def webhook_endpoints(self) -> "Endpoints":
        from shared.webhooks.store import Endpoints
        from shared.webhooks.vendors.sealed import SealedSecrets

        return Endpoints(self.hub, SealedSecrets(self.sealed))

    @functools.cached_property
    def webhook_queue(self) -> "Queue":
        from shared.webhooks.queue import Queue

        return Queue(self.hub)

    @functools.cached_property
    def webhook_record(self) -> "Record":
        from shared.webhooks.record import Record

        return Record(self.hub)

    @functools.cached_property
    def webhook_sender(self) -> "Sender":
        from shared.webhooks.health import Health
        from shared.webhooks.sending import Sender
        from shared.webhooks.vendors.standard import StandardSigner

        health = Health(self.webhook_endpoints, self.webhook_record, self.event_bus, self.clock)
        poster, signer = self.webhook_poster, StandardSigner()
        return Sender(self.webhook_queue, health, self.event_bus, poster, signer, self.clock)

    @functools.cached_property
    def webhook_turns(self) -> "Turns":
        from shared.webhooks.turns import Turns

        return Turns(self.webhook_queue, self.webhook_sender, self.clock)
