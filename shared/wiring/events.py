"""What events is made of."""

import functools
from typing import TYPE_CHECKING

from shared.wiring.base import Base

if TYPE_CHECKING:
    from shared.events.service import EventBus


class EventsWiring(Base):
    @functools.cached_property
    def event_bus(self) -> "EventBus":
        from shared.events.service import EventBus
        from shared.events.store import Events

        return EventBus(Events(self.hub), self.clock)
