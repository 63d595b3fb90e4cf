"""Use cases of auth: recognise a caller, know a user, decide on a permission."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial
from typing import NamedTuple

from shared.auth.callers import Callers
from shared.auth.known_keys import KnownKeys
from shared.auth.models import Caller, Decision, Member, User
from shared.auth.narrowing import decide_key, key_refusal, limit
from shared.auth.only_tenant import OnlyTenant
from shared.auth.permissions import SENSITIVE
from shared.auth.roles import Effective, compiled
from shared.auth.standing import REMEMBERED_SECONDS
from shared.auth.store import Tenants
from shared.auth.user_store import Users
from shared.kernel.errors import (
    Forbidden,
    InsufficientScope,
    InvalidRequest,
    NotFound,
    SessionRevoked,
)
from shared.platform.cache import Remembered


@dataclass(frozen=True, slots=True)
class Profile:
    """What a caller may know of themself: the user, the tenants, and what they may do."""

    user: User
    tenants: Sequence[Member]


class Standee(NamedTuple):
    """What a user may do in a tenant: `there` as a member, unless the tenant has `ended`.

    An `active` member is not suspended.
    """

    effective: Effective
    there: bool
    active: bool
    ended: bool


class Auth:
    """Recognises callers and decides; what it learns it remembers for ten seconds."""

    def __init__(
        self,
        callers: Callers,
        users: Users,
        tenants: Tenants,
        only_tenant: OnlyTenant,
        known_keys: KnownKeys,
    ) -> None:
        self._callers = callers
        self._users = users
        self._tenants = tenants
        self._only_tenant = only_tenant
        self._known_keys = known_keys
        self._members: Remembered[tuple[str, str], Standee] = Remembered(REMEMBERED_SECONDS)
        self._products: Remembered[str, Sequence[str]] = Remembered(REMEMBERED_SECONDS)

    def caller_with_token(self, token: str) -> Caller:
        """The user of an ID token of any registered project, or of an access token of ours."""
        return self._callers.with_token(token)

    def caller_with_key(self, text: str) -> Caller:
        """The product of an API key; shape and checksum are judged before any read."""
        return Caller(key=self._known_keys.opened_by(text))

    def profile(self, caller: Caller) -> Profile:
        if caller.user_id is None:
            raise Forbidden("Only a user has a profile.", reason="key_without_profile")
        user = self._users.get(caller.user_id)
        if user is None:
            raise SessionRevoked(reason="user_deleted")
        return Profile(user, self._tenants.memberships(caller.user_id))

    def tenant_of(self, caller: Caller, named: str | None) -> str:
        """The tenant a request acts in: the one it names, else the caller's only one."""
        tenant = named or self.only_tenant(caller)
        if tenant is None:
            raise InvalidRequest("Name the tenant with X-Tenant-Id.", reason="no_tenant")
        return tenant

    def only_tenant(self, caller: Caller) -> str | None:
        if caller.key:
            return caller.key.tenant_id
        if caller.access and caller.access.tenant_id:
            return caller.access.tenant_id
        user_id = caller.user_id or ""
        if caller.identity or caller.access:  # how they stand was read along with who they are
            return self._only_tenant.of(user_id, lambda likely: self._there(likely, user_id).active)
        return self._only_tenant.asked(user_id)

    def decide(self, caller: Caller, permission: str, tenant_id: str) -> Decision:
        """Default deny; a key is held to its scopes, a user to the roles in the tenant.

        Raises SessionRevoked to the members of a tenant that is suspended.
        """
        if caller.key:
            return decide_key(caller.key, permission, tenant_id)
        fresh = permission in SENSITIVE
        if fresh:
            self._callers.require_still(caller)
        found = self._member(tenant_id, caller.user_id or "", fresh=fresh)
        if rule := limit(caller, permission, tenant_id):
            return Decision(False, rule, 0)
        return found.effective.decide(permission)

    def require(self, caller: Caller, permission: str, tenant_id: str) -> None:
        """Raises NotFound to whom the tenant is foreign, Forbidden to whom it is not."""
        if self.decide(caller, permission, tenant_id).allowed:
            return
        if caller.key:
            raise key_refusal(caller.key, tenant_id)
        if not self._member(tenant_id, caller.user_id or "").there:
            raise NotFound(reason="foreign_tenant")
        if caller.access and caller.access.scope is not None:
            raise InsufficientScope(reason=f"missing_{permission}")
        raise Forbidden(reason=f"missing_{permission}")

    def require_own(self, caller: Caller, permission: str) -> None:
        """What is a user's own is theirs, unless their token is narrowed to something else."""
        scope = caller.access.scope if caller.access else None
        if scope is not None and permission not in scope:
            raise InsufficientScope(reason=f"missing_{permission}")

    def require_platform(self, caller: Caller, permission: str) -> None:
        """Only a key of the platform with the scope passes."""
        if not caller.platform:
            raise Forbidden(reason="platform_only")
        if caller.key and permission not in caller.key.scopes:
            raise InsufficientScope(reason=f"missing_{permission}")

    def products(self, tenant_id: str) -> Sequence[str]:
        """The products that are registered for a tenant."""
        return self._products.get(tenant_id, partial(self._tenants.products, tenant_id))

    def scope_of(self, caller: Caller, named: str | None, permission: str) -> str | None:
        """The tenant that a caller may do this in; None is the platform, for its keys alone."""
        if caller.platform and named is None:
            self.require_platform(caller, permission)
            return None
        tenant_id = self.tenant_of(caller, named)
        self.require(caller, permission, tenant_id)
        return tenant_id

    def permissions_in(self, caller: Caller, tenant_id: str | None) -> frozenset[str]:
        """All that a caller may do in a tenant, or (None) as the platform."""
        if caller.key:
            return caller.key.scopes if caller.key.tenant_id in (None, tenant_id) else frozenset()
        if tenant_id is None:
            return frozenset()
        held = self._member(tenant_id, caller.user_id or "").effective.permissions
        return frozenset(each for each in held if not limit(caller, each, tenant_id))

    def forget_member(self, tenant_id: str, user_id: str) -> None:
        self._members.forget((tenant_id, user_id))
        self._only_tenant.forget(user_id)

    def forget_key(self, key_id: str) -> None:
        self._known_keys.forget(key_id)

    def forget_members(self) -> None:
        """Of every tenant: that a role changes is rare."""
        self._members.clear()

    def _member(self, tenant_id: str, user_id: str, *, fresh: bool = False) -> Standee:
        name = tenant_id, user_id
        if fresh:
            self._members.forget(name)
        found = self._there(*name)
        if found.there and found.ended:
            raise SessionRevoked(reason="epoch:tenants")
        return found

    def _there(self, tenant_id: str, user_id: str) -> Standee:
        name = tenant_id, user_id
        return self._members.get(name, partial(self._read_member, *name))

    def _read_member(self, tenant_id: str, user_id: str) -> Standee:
        member, book, ended = self._tenants.enrolled(tenant_id, user_id)
        active = member is not None and not member.suspended
        return Standee(compiled(member, book), member is not None, active, ended)
