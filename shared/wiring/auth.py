"""What auth is made of."""

import functools
from typing import TYPE_CHECKING

from shared.wiring.base import Base

if TYPE_CHECKING:
    from shared.auth.access_tokens import AccessTokens
    from shared.auth.callers import Callers
    from shared.auth.id_tokens import Verifier
    from shared.auth.service import Auth
    from shared.auth.session_list import SessionList
    from shared.auth.session_store import SessionStore
    from shared.auth.sessions import Sessions
    from shared.auth.signing_keys import SigningKeys
    from shared.auth.standing import Standing
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
    def signing_keys(self) -> "SigningKeys":
        from shared.auth.signing_keys import SigningKeys

        return SigningKeys(self.settings.trust.signing_keys)

    @functools.cached_property
    def access_tokens(self) -> "AccessTokens":
        from shared.auth.access_tokens import AccessTokens

        audiences = self.settings.registered_projects
        return AccessTokens(self.signing_keys, self.settings.issuer, audiences)

    @functools.cached_property
    def standing(self) -> "Standing":
        from shared.auth.standing import Standing

        return Standing(self.hub)

    @functools.cached_property
    def callers(self) -> "Callers":
        from shared.auth.callers import Callers

        return Callers(self.verifier, self.access_tokens, self.users, self.standing, self.clock)

    @functools.cached_property
    def auth(self) -> "Auth":
        from shared.auth.service import Auth

        stores = self.users, self.tenants, self.api_keys
        return Auth(self.callers, *stores, self.standing, self.settings, self.clock)

    @functools.cached_property
    def session_store(self) -> "SessionStore":
        from shared.auth.session_store import SessionStore

        return SessionStore(self.hub)

    @functools.cached_property
    def sessions(self) -> "Sessions":
        from shared.auth.refresh_tokens import RefreshTokens
        from shared.auth.sessions import Sessions

        refresh_tokens = RefreshTokens(self.settings.key_pepper, self.settings.environment)
        return Sessions(
            self.session_store,
            self.tenants,
            self.standing,
            self.access_tokens,
            refresh_tokens,
            self.settings.registered_projects,
            self.clock,
        )

    @functools.cached_property
    def session_list(self) -> "SessionList":
        from shared.auth.session_list import SessionList

        return SessionList(self.session_store, self.standing, self.clock)
