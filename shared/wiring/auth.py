"""What auth is made of."""

import functools
from typing import TYPE_CHECKING

from shared.wiring.base import Base

if TYPE_CHECKING:
    from shared.auth.id_tokens import Verifier
    from shared.auth.service import Auth
    from shared.auth.store import ApiKeys, Tenants, Users


class AuthWiring(Base):
    @functools.cached_property
    def verifier(self) -> "Verifier":
        from shared.auth.id_tokens import EmulatorVerifier, GoogleVerifier
        from shared.platform.keys import GOOGLE_KEYS_URL, PublicKeys

        projects = self.settings.registered_projects
        if self.settings.local:
            return EmulatorVerifier(projects)
        return GoogleVerifier(PublicKeys(GOOGLE_KEYS_URL), projects)

    @functools.cached_property
    def users(self) -> "Users":
        from shared.auth.store import Users

        return Users(self.hub)

    @functools.cached_property
    def tenants(self) -> "Tenants":
        from shared.auth.store import Tenants

        return Tenants(self.hub)

    @functools.cached_property
    def api_keys(self) -> "ApiKeys":
        from shared.auth.store import ApiKeys

        return ApiKeys(self.hub)

    @functools.cached_property
    def auth(self) -> "Auth":
        from shared.auth.service import Auth

        return Auth(
            self.verifier, self.users, self.tenants, self.api_keys, self.settings, self.clock
        )
