"""What the sweep of keys is made of: every store with sealed fields."""

import functools
from typing import TYPE_CHECKING

from shared.wiring.webhooks import WebhooksWiring

if TYPE_CHECKING:
    from shared.crypto.sweep import KeySweep


class KeySweepWiring(WebhooksWiring):
    @functools.cached_property
    def key_sweep(self) -> "KeySweep":
        from shared.crypto.sweep import KeySweep

        kept = (self.subject_keys, self.webhook_endpoints)
        publish = functools.partial(self.publish, "key-sweep")
        return KeySweep(self.tenant_keys, kept, publish, self.clock)
