"""Sealed fields, for any area's store: what it keeps of a tenant, and the store must not tell.

A store seals a field when it writes the document and opens it when it reads it. The text names its
key; `renewed` is what the store writes instead, whenever it comes by one under an older version.
"""

from shared.crypto.envelope import kid_of
from shared.crypto.models import Erased, Place, Unreadable
from shared.crypto.tenant_keys import TenantKeys


class Sealed:
    """Fields under the key of their tenant. Warm, neither sealing nor opening calls anybody."""

    def __init__(self, keys: TenantKeys) -> None:
        self._keys = keys

    def seal(self, place: Place, content: bytes) -> str:
        """Raises Erased once the tenant's key is destroyed."""
        return self._keys.newest(place.tenant_id).seal(place, content)

    def open(self, place: Place, text: str) -> bytes:
        """Raises Unreadable for what was not sealed here, Erased once the key is destroyed."""
        return self._keys.named(place.tenant_id, kid_of(text)).open(place, text)

    def renewed(self, place: Place, text: str) -> str | None:
        """Sealed anew; None for what is under the newest key already, or does not open."""
        try:
            newest = self._keys.newest(place.tenant_id)
            if kid_of(text) == newest.kid:
                return None
            return newest.seal(place, self.open(place, text))
        except (Unreadable, Erased):
            return None
