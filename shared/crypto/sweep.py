"""The sweep of keys: rotate what is old, and seal anew what older versions still seal.

Every night each tenant whose turn has come gets a message. A sweep is a chain of pages over
Pub/Sub, one after the other; a page that comes twice finds nothing left to do, and goes on.
"""

from collections.abc import Callable, Sequence

from pydantic import BaseModel, ConfigDict, Field

from shared.crypto import rules
from shared.crypto.models import Kept, KeyRing
from shared.crypto.tenant_keys import TenantKeys
from shared.kernel.clock import Clock


class KeyPage(BaseModel):
    """A tenant's turn; of a sweep, to which version, and behind which document of which store."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    tenant_id: str = Field(min_length=1, pattern="^[^/]+$")
    version: int = 0
    store: int = Field(0, ge=0)
    after: str = ""


class KeySweep:
    """`kept`: the stores with sealed fields, in the order in which they are swept."""

    def __init__(
        self,
        keys: TenantKeys,
        kept: Sequence[Kept],
        publish: Callable[[bytes], None],
        clock: Clock,
    ) -> None:
        self._keys = keys
        self._kept = kept
        self._publish = publish
        self._clock = clock

    def start_due(self) -> int:
        """Give each tenant whose turn has come its turn; how many."""
        count = 0
        for tenant_id in self._keys.due():
            self._tell(KeyPage(tenant_id=tenant_id))
            count += 1
        return count

    def turn(self, page: KeyPage) -> None:
        """One page, and word of the next. Raises DependencyUnavailable, so that it comes again."""
        ring = self._keys.look(page.tenant_id)
        if page.version == 0:
            self._begin(ring)
        elif page.version == ring.newest:
            self._sweep(page)

    def _begin(self, ring: KeyRing) -> None:
        now = self._clock()
        if rules.wants_sweep(ring, now):
            self._sweep(KeyPage(tenant_id=ring.tenant_id, version=ring.newest))
        elif rules.wants_rotation(ring, now):
            self._keys.rotate(ring.tenant_id)

    def _sweep(self, page: KeyPage) -> None:
        if page.store >= len(self._kept):
            self._keys.settle(page.tenant_id, page.version)
            return
        end = self._kept[page.store].renew(page.tenant_id, page.after)
        place = {"after": end} if end else {"store": page.store + 1, "after": ""}
        self._tell(page.model_copy(update=place))

    def _tell(self, page: KeyPage) -> None:
        self._publish(page.model_dump_json().encode())
