"""What sealing is made of."""

import functools
from typing import TYPE_CHECKING

from shared.wiring.base import Base

if TYPE_CHECKING:
    from shared.crypto.service import Sealed
    from shared.crypto.subjects import SubjectKeys
    from shared.crypto.tenant_keys import TenantKeys


class CryptoWiring(Base):
    @functools.cached_property
    def tenant_keys(self) -> "TenantKeys":
        from shared.crypto.keepers import keeper
        from shared.crypto.store import KeyRings
        from shared.crypto.tenant_keys import TenantKeys

        kek, environment = keeper(self.settings.encryption), self.settings.environment
        return TenantKeys(KeyRings(self.hub), kek, environment, self.clock)

    @functools.cached_property
    def sealed(self) -> "Sealed":
        from shared.crypto.service import Sealed

        return Sealed(self.tenant_keys)

    @functools.cached_property
    def subject_keys(self) -> "SubjectKeys":
        from shared.crypto.store import StoredSubjectKeys
        from shared.crypto.subjects import SubjectKeys

        stored = StoredSubjectKeys(self.hub)
        return SubjectKeys(stored, self.sealed, self.settings.environment, self.clock)
