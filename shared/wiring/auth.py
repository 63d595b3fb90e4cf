"""What auth is made of: by what callers are recognised, and what they may do."""

import functools
from typing import TYPE_CHECKING

from shared.wiring.crypto import CryptoWiring
from shared.wiring.tokens import TokensWiring

if TYPE_CHECKING:
    from datetime import datetime

    from shared.auth.access_tokens import AccessTokens
    from shared.auth.audit_log import AuditLog
    from shared.auth.callers import Callers
    from shared.auth.claims import MemberClaims
    from shared.auth.encryption_desk import EncryptionDesk
    from shared.auth.exposure import Exposure
    from shared.auth.id_tokens import Verifier
    from shared.auth.jws import Keys
    from shared.auth.key_desk import KeyDesk
    from shared.auth.key_store import ApiKeys
    from shared.auth.member_store import MemberStore
    from shared.auth.members import Members
    from shared.auth.models import Identity
    from shared.auth.only_tenant import OnlyTenant
    from shared.auth.registration import Registration
    from shared.auth.role_book import RoleBook
    from shared.auth.service import Auth
    from shared.auth.service_tokens import ServiceTokens
    from shared.auth.signing_keys import SigningKeys
    from shared.auth.standing import Standing
    from shared.auth.store import Tenants
    from shared.auth.user_store import Documents, Users


class AuthWiring(TokensWiring, CryptoWiring):
    @functools.cached_property
    def verifier(self) -> "Verifier":
        from shared.auth.id_tokens import EmulatorVerifier, GoogleVerifier
        from shared.platform.keys import GOOGLE_KEYS_URL, PublicKeys

        projects = self.settings.registered_projects
        if self.settings.local:
            return EmulatorVerifier(projects)
        keys = PublicKeys(GOOGLE_KEYS_URL)
        keys.prefetch()
        return GoogleVerifier(keys, projects)

    @functools.cached_property
    def users(self) -> "Users":
        from shared.auth.user_store import Users

        return Users(self.hub)

    @functools.cached_property
    def tenants(self) -> "Tenants":
        from shared.auth.store import Tenants

        return Tenants(self.hub)

    @functools.cached_property
    def api_keys(self) -> "ApiKeys":
        from shared.auth.key_store import ApiKeys

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
    def service_keys(self) -> "Keys":
        """Locally there are none: Google signs no service token for an emulator."""
        from shared.platform.keys import GOOGLE_SERVICE_KEYS_URL, PublicKeys

        trusted = self.settings.trust.services and not self.settings.local
        return PublicKeys(GOOGLE_SERVICE_KEYS_URL) if trusted else {}

    @functools.cached_property
    def service_tokens(self) -> "ServiceTokens":
        from shared.auth.service_tokens import ServiceTokens

        services = self.settings.trust.services
        return ServiceTokens(self.service_keys, self.settings.issuer, services)

    @functools.cached_property
    def standing(self) -> "Standing":
        from shared.auth.standing import Standing

        return Standing(self.hub)

    @functools.cached_property
    def registration(self) -> "Registration":
        from shared.auth.registration import Registration

        homes = self.settings.trust.home_tenants
        return Registration(self.users, homes, self._welcome, self.clock)

    def _welcome(
        self, user_id: str, identity: "Identity", tenant_id: str | None, now: "datetime"
    ) -> "Documents":
        """Only who sees somebody new for the first time needs to know how that is done."""
        from shared.tokens.welcome import Welcome

        return Welcome(self.event_bus, self.policy).documents(user_id, identity, tenant_id, now)

    @functools.cached_property
    def callers(self) -> "Callers":
        from shared.auth.callers import Callers

        verifiers = self.verifier, self.access_tokens, self.service_tokens
        return Callers(*verifiers, self.registration, self.standing, self.clock)

    @functools.cached_property
    def only_tenant(self) -> "OnlyTenant":
        from shared.auth.only_tenant import OnlyTenant

        return OnlyTenant(self.standing, self.tenants)

    @functools.cached_property
    def auth(self) -> "Auth":
        from shared.auth.known_keys import KnownKeys
        from shared.auth.service import Auth

        known_keys = KnownKeys(self.api_keys, self.standing, self.settings, self.clock)
        return Auth(self.callers, self.users, self.tenants, self.only_tenant, known_keys)

    @functools.cached_property
    def encryption_desk(self) -> "EncryptionDesk":
        from shared.auth.encryption_desk import EncryptionDesk

        return EncryptionDesk(self.auth, self.tenant_keys, self.hub, self.clock)

    @functools.cached_property
    def member_claims(self) -> "MemberClaims":
        from shared.auth.claims import MemberClaims
        from shared.auth.vendors.firebase import FirebaseAccounts

        projects = self.settings.registered_projects - {self.settings.hub}
        return MemberClaims(self.users, self.tenants, FirebaseAccounts(), projects)

    @functools.cached_property
    def exposure(self) -> "Exposure":
        from shared.auth.exposure import Exposure

        return Exposure(self.api_keys, self.settings, self.clock)

    @functools.cached_property
    def member_store(self) -> "MemberStore":
        from shared.auth.member_store import MemberStore

        return MemberStore(self.hub)

    @functools.cached_property
    def members(self) -> "Members":
        from shared.auth.members import Members

        return Members(self.auth, self.member_store, self.clock)

    @functools.cached_property
    def role_book(self) -> "RoleBook":
        from shared.auth.role_book import RoleBook

        return RoleBook(self.auth, self.member_store, self.clock)

    @functools.cached_property
    def key_desk(self) -> "KeyDesk":
        from shared.auth.key_desk import KeyDesk

        return KeyDesk(self.auth, self.api_keys, self.settings, self.clock)

    @functools.cached_property
    def audit_log(self) -> "AuditLog":
        from shared.auth.audit import AuditStore
        from shared.auth.audit_log import AuditLog

        return AuditLog(self.auth, AuditStore(self.hub))
