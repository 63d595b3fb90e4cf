"""What sync is made of."""

import atexit
import functools
from typing import TYPE_CHECKING

from shared.wiring.base import Base

if TYPE_CHECKING:
    from shared.sync.deliveries import Deliveries
    from shared.sync.records import Records
    from shared.sync.redrive import Redrive
    from shared.sync.reverting import Reverting
    from shared.sync.route_store import KnownRoutes, RouteBook
    from shared.sync.routing import Routing
    from shared.sync.service import Mirror
    from shared.sync.service import Records as Keeping
    from shared.sync.status import Monitor
    from shared.sync.store import Replicas
    from shared.sync.sweep import Sweep
    from shared.sync.tally import Tally
    from shared.sync.watched import Watched


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
    def known_routes(self) -> "KnownRoutes":
        from shared.sync.route_store import KnownRoutes

        return KnownRoutes(self.route_book, self.settings.alias)

    @functools.cached_property
    def watched(self) -> "Watched":
        from shared.sync.watched import Watched

        return Watched(self.route_book)

    def is_captured(self, project: str, collection: str) -> bool:
        """Built when it is first asked: what is never captured loads no client."""
        return self.watched.names(project, collection)

    @functools.cached_property
    def replicas(self) -> "Replicas":
        from shared.sync.store import Replicas

        return Replicas(self.firestore, self.clock)

    @functools.cached_property
    def mirror(self) -> "Mirror":
        return self._mirror(self.sync_records)

    @functools.cached_property
    def reverting(self) -> "Reverting":
        from shared.sync.reverting import Reverting

        return Reverting(self.replicas, self.sync_records, self.settings)

    @functools.cached_property
    def redrive(self) -> "Redrive":
        from shared.sync.redrive import Redrive

        return Redrive(self.sync_records, self._mirror)

    def _mirror(self, records: "Keeping") -> "Mirror":
        from shared.sync.service import Mirror

        watch = self.sync_tally.told
        return Mirror(self.replicas, self.known_routes, records, self.settings, watch=watch)

    @functools.cached_property
    def sync_deliveries(self) -> "Deliveries":
        from shared.sync.deliveries import Deliveries
        from shared.sync.rollups import Backlog

        return Deliveries(self.mirror, self.known_routes, Backlog(self.hub), self.clock)

    @functools.cached_property
    def sync_tally(self) -> "Tally":
        """Written down once more when the instance ends in peace."""
        from shared.sync.rollups import HourlyRollUps
        from shared.sync.tally import Tally

        tally = Tally(HourlyRollUps(self.hub, self.clock), self.clock)
        atexit.register(tally.flush)
        return tally

    @functools.cached_property
    def sync_monitor(self) -> "Monitor":
        from shared.sync.rollups import Backlog, HourlyRollUps, Kept
        from shared.sync.status import Monitor
        from shared.sync.sweeps import Sweeps

        roll_ups = HourlyRollUps(self.hub, self.clock)
        backlog, kept = Backlog(self.hub), Kept(self.hub)
        return Monitor(roll_ups, backlog, kept, Sweeps(self.hub), self.clock)

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
