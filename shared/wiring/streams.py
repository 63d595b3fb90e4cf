"""What the event store is made of."""

import functools
from typing import TYPE_CHECKING

from shared.wiring.events import EventsWiring

if TYPE_CHECKING:
    from shared.crypto.service import DataKeys
    from shared.streams.history import History
    from shared.streams.service import EventStore


class StreamsWiring(EventsWiring):
    @functools.cached_property
    def data_keys(self) -> "DataKeys":
        from shared.crypto.keepers import keeper
        from shared.crypto.service import DataKeys
        from shared.crypto.store import KeyRings

        kek, environment = keeper(self.settings.encryption), self.settings.environment
        return DataKeys(KeyRings(self.hub), kek, environment, self.clock)

    @functools.cached_property
    def event_store(self) -> "EventStore":
        from shared.streams.declared import DECLARED
        from shared.streams.sealing import Seals
        from shared.streams.service import EventStore
        from shared.streams.store import Streams

        seals = Seals(self.data_keys)
        return EventStore(Streams(self.hub), seals, DECLARED, self.event_bus, self.clock)

    @functools.cached_property
    def event_history(self) -> "History":
        from shared.streams.archive import Archive
        from shared.streams.history import History

        return History(Archive(self.hub))
