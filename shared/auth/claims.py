"""The custom claim `tenants`, by which a member project's security rules know a user's role.

https://firebase.google.com/docs/auth/admin/custom-claims
"""

import json
from collections.abc import Collection, Mapping, Sequence
from typing import Any, Protocol

from shared.auth.models import Member, User
from shared.auth.permissions import BUILT_IN
from shared.auth.store import Tenants
from shared.auth.user_store import Users
from shared.kernel.errors import DependencyUnavailable

CLAIM = "tenants"
MOST_CHARACTERS = 1000
ATTEMPTS = 5
Claims = Mapping[str, Any]


class Accounts(Protocol):
    """A project's users, with the custom claims that their ID tokens carry."""

    def claims(self, project: str, subject: str) -> Claims | None:
        """None where there is no such account."""

    def put_claims(self, project: str, subject: str, claims: Claims) -> None: ...


class MemberClaims:
    """Keeps the claims of users of the registered projects to what they are members of."""

    def __init__(
        self, users: Users, tenants: Tenants, accounts: Accounts, projects: Collection[str]
    ) -> None:
        self._users = users
        self._tenants = tenants
        self._accounts = accounts
        self._projects = projects

    def tell(self, user_id: str) -> None:
        """Whoever writes last has looked again after it, so that the newest state stays."""
        said = self._roles(user_id)
        for _ in range(ATTEMPTS):
            self._say(user_id, said)
            now = self._roles(user_id)
            if now == said:
                return
            said = now
        raise DependencyUnavailable(reason="claims_changing")

    def _roles(self, user_id: str) -> Mapping[str, str]:
        return tenant_roles(self._tenants.memberships(user_id))

    def _say(self, user_id: str, roles: Mapping[str, str]) -> None:
        user = self._users.get(user_id)
        for project, subject in _accounts(user, self._projects) if user else ():
            found = self._accounts.claims(project, subject)
            if found is not None and found != (wanted := with_tenants(found, roles)):
                self._accounts.put_claims(project, subject, wanted)


def tenant_roles(members: Sequence[Member]) -> Mapping[str, str]:
    """By tenant, the highest built-in role that a member has been given.

    Custom roles and teams count in the calls alone: so a change of one leaves no token behind.
    """
    found = {each.tenant_id: _highest(each.roles) for each in members}
    return {tenant: role for tenant, role in found.items() if role}


def with_tenants(claims: Claims, roles: Mapping[str, str]) -> Claims:
    """Where they do not all fit, none is stated: a custom token brings the one that is needed."""
    others = {name: value for name, value in claims.items() if name != CLAIM}
    wanted = {**others, CLAIM: dict(roles)} if roles else others
    return wanted if len(json.dumps(wanted)) <= MOST_CHARACTERS else others


def _highest(roles: Sequence[str]) -> str | None:
    return next((role for role in BUILT_IN if role in roles), None)


def _accounts(user: User, projects: Collection[str]) -> list[tuple[str, str]]:
    return [(each.project, each.subject) for each in user.identities if each.project in projects]
