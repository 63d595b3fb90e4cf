"""Firebase custom tokens: with one, a user signs in to another project and stays the same person.

https://firebase.google.com/docs/auth/admin/create-custom-tokens
"""

from collections.abc import Mapping
from datetime import datetime
from typing import Any, Protocol

from shared.auth.id_tokens import ISSUER
from shared.auth.models import Identity
from shared.auth.oauth import refusal
from shared.auth.user_store import Users
from shared.platform.persistence import persistently

AUDIENCE = (
    "https://identitytoolkit.googleapis.com/google.identity.identitytoolkit.v1.IdentityToolkit"
)
LIFETIME_SECONDS = 60


class Signer(Protocol):
    """Signs as a service account of the project that a custom token is for."""

    def account(self, project: str) -> str | None: ...

    def sign(self, account: str, claims: Mapping[str, Any]) -> str: ...


class CustomTokens:
    def __init__(self, users: Users, signer: Signer, hub: str) -> None:
        self._users = users
        self._signer = signer
        self._hub = hub

    def make(self, user_id: str, project: str, claims: Mapping[str, Any], now: datetime) -> str:
        """One for a minute; raises InvalidRequest where nobody can sign for the project."""
        account = self._signer.account(project)
        if account is None:
            raise refusal("invalid_target", "No custom tokens are made for this project.")
        stated = {
            "iss": account,
            "sub": account,
            "aud": AUDIENCE,
            "iat": int(now.timestamp()),
            "exp": int(now.timestamp()) + LIFETIME_SECONDS,
            "uid": self._uid(user_id, project, now),
            "claims": dict(claims),
        }
        return self._signer.sign(account, stated)

    def _uid(self, user_id: str, project: str, now: datetime) -> str:
        """Who the user is there already; else their own id, which from now on is theirs there.

        In the hub it is always their own id: so its security rules know them.
        """
        mine = Identity(ISSUER + project, user_id, project, now)
        user = self._users.get(user_id)
        there = [each for each in user.identities if each.project == project] if user else []
        if there and project != self._hub:
            return there[0].subject
        if all(each.subject != user_id for each in there):
            self._adopt(user_id, mine, now)
        return user_id

    def _adopt(self, user_id: str, mine: Identity, now: datetime) -> None:
        def attempt() -> None:
            known = self._users.known(mine)
            if known is None:
                self._users.link(user_id, mine, now)
            elif known.user_id != user_id:
                raise refusal("invalid_target", "Somebody else has this name there.")

        persistently(attempt)
