"""What the event store is made of."""

import functools
from typing import TYPE_CHECKING

from shared.wiring.crypto import CryptoWiring
from shared.wiring.events import EventsWiring

if TYPE_CHECKING:
    from shared.streams.history import History
    from shared.streams.service import EventStore


class StreamsWiring(EventsWiring, CryptoWiring):
    @functools.cached_property
    def event_store(self) -> "EventStore":
        from shared.streams.declared import DECLARED
        from shared.streams.sealing import Seals
        from shared.streams.service import EventStore
        from shared.streams.store import Streams

        seals = Seals(self.subject_keys)
        return EventStore(Streams(self.hub), seals, DECLARED, self.event_bus, self.clock)

    @functools.cached_property
    def event_history(self) -> "History":
        from shared.streams.archive import Archive
        from shared.streams.history import History

        return History(Archive(self.hub))
