"""What events is made of."""

import functools
from typing import TYPE_CHECKING, Self

from shared.wiring.base import Base

if TYPE_CHECKING:
    from shared.events.consuming import Consumers
    from shared.events.feed import Feed
    from shared.events.handling import Dispatcher
    from shared.events.letters import DeadLetters
    from shared.events.monitoring import Monitor
    from shared.events.queue import Deliveries
    from shared.events.replays import Replays
    from shared.events.service import EventBus
    from shared.events.store import Events


class EventsWiring(Base):
    @functools.cached_property
    def events(self) -> "Events":
        from shared.events.store import Events

        return Events(self.hub)

    @functools.cached_property
    def deliveries(self) -> "Deliveries":
        from shared.events.queue import Deliveries

        return Deliveries(self.hub)

    @functools.cached_property
    def event_bus(self) -> "EventBus":
        from shared.events.service import EventBus

        return EventBus(self.events, self.clock)

    @functools.cached_property
    def feed(self) -> "Feed":
        from shared.events.feed import Feed

        return Feed(self.events, self.clock)

    @functools.cached_property
    def consumers(self) -> "Consumers":
        from shared.events.consuming import Consumers
        from shared.events.intake import Intake
        from shared.events.positions import Positions

        intake = Intake(self.events, self.deliveries, Positions(self.hub))
        return Consumers(self.events, self.deliveries, intake, self.clock)

    @functools.cached_property
    def dead_letters(self) -> "DeadLetters":
        from shared.events.letters import DeadLetters

        return DeadLetters(self.hub, self.deliveries, self.clock)

    @functools.cached_property
    def replays(self) -> "Replays":
        from shared.events.replays import Replays

        return Replays(self.events, self.deliveries, self.clock)

    @functools.cached_property
    def event_monitor(self) -> "Monitor":
        from shared.events.monitoring import Monitor
        from shared.events.positions import Positions

        return Monitor(self.events, self.deliveries, Positions(self.hub))

    @functools.cached_property
    def dispatcher(self) -> "Dispatcher[Self]":
        from shared.events.handling import Dispatcher

        return Dispatcher(self.consumers, self.deliveries, self, self.clock)
