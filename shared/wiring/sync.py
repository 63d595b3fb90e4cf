"""What sync is made of."""

import functools
from typing import TYPE_CHECKING

from shared.wiring.base import Base

if TYPE_CHECKING:
    from shared.sync.service import Mirror


class SyncWiring(Base):
    @functools.cached_property
    def mirror(self) -> "Mirror":
        from shared.sync.service import Mirror
        from shared.sync.store import DeadLetters, Replicas, Routes

        letters = DeadLetters(self.hub, self.clock)
        replicas = Replicas(self.firestore, self.clock)
        return Mirror(replicas, Routes(self.hub), letters, self.settings)
