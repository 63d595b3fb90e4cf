"""What sessions are made of, and crossing over from one product to another."""

import functools
from typing import TYPE_CHECKING

from shared.wiring.auth import AuthWiring

if TYPE_CHECKING:
    from shared.auth.custom_tokens import Signer
    from shared.auth.exchange import Exchange
    from shared.auth.introspection import Introspection
    from shared.auth.session_list import SessionList
    from shared.auth.session_store import SessionStore
    from shared.auth.sessions import Sessions


class SessionsWiring(AuthWiring):
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
            self.only_tenant,
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

    @functools.cached_property
    def custom_token_signer(self) -> "Signer":
        from shared.auth.vendors.emulator import UnsignedTokens
        from shared.auth.vendors.iam import IamSigner

        return UnsignedTokens() if self.settings.local else IamSigner(self.settings.trust.signers)

    @functools.cached_property
    def exchange(self) -> "Exchange":
        from shared.auth.custom_tokens import CustomTokens
        from shared.auth.exchange import Exchange
        from shared.auth.subjects import Subjects
        from shared.auth.uses import Uses

        return Exchange(
            Subjects(self.callers),
            self.session_store,
            self.only_tenant,
            self.access_tokens,
            CustomTokens(self.users, self.custom_token_signer, self.settings.hub),
            Uses(self.hub),
            self.settings,
            self.clock,
        )

    @functools.cached_property
    def introspection(self) -> "Introspection":
        from shared.auth.introspection import Introspection

        return Introspection(self.callers, self.standing, self.session_store, self.settings)
