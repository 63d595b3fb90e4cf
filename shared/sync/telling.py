"""What is told of a change, and to whom; and what is kept of one that cannot be told."""

from dataclasses import dataclass
from datetime import UTC, datetime

from shared.sync import tenancy
from shared.sync.lost import Loss, Overruled
from shared.sync.models import Change, Peer, Place, Replica
from shared.sync.refusals import DeadLetter, Refused
from shared.sync.routes import Mirrored


@dataclass(frozen=True, slots=True)
class Telling:
    """A change, what it says, and who shall hear of it."""

    change: Change
    said: Replica
    mirrored: Mirrored
    node: str

    @property
    def peers(self) -> list[Place]:
        return [self._place(peer) for peer in self.mirrored.peers]

    @property
    def tenant_id(self) -> str:
        return tenancy.tenant_text(self.change, self.mirrored.scope.tenant_field)

    def overruled(self, loss: Loss) -> Overruled:
        sources = [self._place(source) for source in self.mirrored.sources]
        places = [self.change.place, *self.peers, *sources]
        policy, field = self.mirrored.policy(loss.field), self.mirrored.scope.tenant_field
        version = self.mirrored.scope.schema_version
        return Overruled(loss, self.change, places, policy, field, version)

    def _place(self, peer: Peer) -> Place:
        return Place(peer.project, peer.collection, self.change.place.document_id)


def letter_of(change: Change, place: Place, refused: Refused, tenant_id: str = "") -> DeadLetter:
    origin = change.place
    return DeadLetter(
        refused.cause,
        change.event_id,
        origin.project,
        origin.path,
        peer=place.project if place != origin else "",
        data=change.raw,
        tenant_id=tenant_id,
        at=datetime.fromtimestamp(change.time_us / 1_000_000, UTC),
    )
