"""What sync is made of."""

import functools
from typing import TYPE_CHECKING

from shared.wiring.base import Base

if TYPE_CHECKING:
    from shared.sync.records import Records
    from shared.sync.route_store import RouteBook
    from shared.sync.routing import Routing
    from shared.sync.service import Mirror
    from shared.sync.sweep import Sweep


class SyncWiring(Base):
    @functools.cached_property
    def route_book(self) -> "RouteBook":
        from shared.sync.route_store import RouteBook

        return RouteBook(self.hub, self.clock)

    @functools.cached_property
    def routing(self) -> "Routing":
        from shared.sync.routing import Routing

        return Routing(self.route_book, self.settings)

    @functools.cached_property
    def sync_records(self) -> "Records":
        from shared.sync.records import Records

        return Records(self.hub, self.clock)

    @functools.cached_property
    def mirror(self) -> "Mirror":
        from shared.sync.route_store import KnownRoutes
        from shared.sync.service import Mirror
        from shared.sync.store import Replicas

        routes = KnownRoutes(self.route_book, self.settings.alias)
        replicas = Replicas(self.firestore, self.clock)
        return Mirror(replicas, routes, self.sync_records, self.settings)

    @functools.cached_property
    def sweep(self) -> "Sweep":
        from shared.sync.bulk import Bulk
        from shared.sync.comparing import Sides
        from shared.sync.mending import Mender
        from shared.sync.sweep import Sweep
        from shared.sync.sweeps import Sweeps

        bulk = Bulk(self.firestore, self.clock)
        mender = Mender(bulk, self.sync_records, self.settings)
        publish = functools.partial(self.publish, "sync-sweep")
        per_minute = self.settings.sweep_per_minute
        sides = Sides(bulk, self.settings.alias)
        return Sweep(Sweeps(self.hub), sides, mender, publish, per_minute, self.clock)
