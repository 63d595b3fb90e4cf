"""What sync is made of."""

import functools
from typing import TYPE_CHECKING

from shared.wiring.base import Base

if TYPE_CHECKING:
    from shared.sync.service import Mirror
    from shared.sync.sweep import Sweep


class SyncWiring(Base):
    @functools.cached_property
    def mirror(self) -> "Mirror":
        from shared.sync.service import Mirror
        from shared.sync.store import DeadLetters, Replicas, Routes

        letters = DeadLetters(self.hub, self.clock)
        replicas = Replicas(self.firestore, self.clock)
        return Mirror(replicas, Routes(self.hub), letters, self.settings)

    @functools.cached_property
    def sweep(self) -> "Sweep":
        from shared.sync.bulk import Bulk
        from shared.sync.comparing import Sides
        from shared.sync.mending import Mender
        from shared.sync.store import DeadLetters
        from shared.sync.sweep import Sweep
        from shared.sync.sweeps import Sweeps

        bulk = Bulk(self.firestore, self.clock)
        mender = Mender(bulk, DeadLetters(self.hub, self.clock), self.settings)
        publish = functools.partial(self.publish, "sync-sweep")
        per_minute = self.settings.sweep_per_minute
        return Sweep(Sweeps(self.hub), Sides(bulk), mender, publish, per_minute, self.clock)
