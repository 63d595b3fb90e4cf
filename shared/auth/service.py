"""Use cases of auth: recognise a caller, know a user, decide on a permission."""

from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial
from typing import NamedTuple

from shared.auth import api_keys
from shared.auth.id_tokens import Verifier
from shared.auth.models import ApiKey, Caller, Decision, Identity, Member, User
from shared.auth.permissions import PLATFORM, granted, granting_role
from shared.auth.store import ApiKeys, Tenants, Users
from shared.kernel.clock import Clock
from shared.kernel.errors import (
    DependencyUnavailable,
    Forbidden,
    InsufficientScope,
    InvalidRequest,
    NotFound,
    SessionRevoked,
    StaleSignIn,
)
from shared.kernel.ids import new_id
from shared.kernel.settings import Settings, UnsafeSettings
from shared.platform.cache import Remembered
from shared.platform.firestore import AlreadyThere, ChangedMeanwhile, pause

FRESH_SIGN_IN = timedelta(minutes=5)
REMEMBERED_SECONDS = 10
ATTEMPTS = 8


@dataclass(frozen=True, slots=True)
class Profile:
    """What a caller may know of themself: the user, the tenants, and what they may do."""

    user: User
    tenants: Sequence[Member]


class IssuedKey(NamedTuple):
    """The text of a key, shown this once, and what it may do."""

    text: str
    scopes: frozenset[str]


class Auth:
    """Recognises callers and decides; what it learns it remembers for ten seconds."""

    def __init__(
        self,
        verifier: Verifier,
        users: Users,
        tenants: Tenants,
        keys: ApiKeys,
        settings: Settings,
        clock: Clock,
    ) -> None:
        if not settings.key_pepper:
            raise UnsafeSettings("HYPHAE_KEY_PEPPER is empty: anybody could make a digest.")
        self._verifier = verifier
        self._users = users
        self._tenants = tenants
        self._keys = keys
        self._settings = settings
        self._clock = clock
        self._user_ids: Remembered[tuple[str, str], str] = Remembered(REMEMBERED_SECONDS)
        self._members: Remembered[tuple[str, str], Member | None] = Remembered(REMEMBERED_SECONDS)
        self._api_keys: Remembered[str, ApiKey | None] = Remembered(REMEMBERED_SECONDS)

    def caller_with_token(self, token: str) -> Caller:
        """The user of a Firebase ID token of any registered project; registers a new one."""
        identity = self._verifier.verify(token, self._clock())
        name = (identity.issuer, identity.subject)
        known = partial(known_user, self._users, identity, self._clock())
        return Caller(user_id=self._user_ids.get(name, known))

    def caller_with_key(self, text: str) -> Caller:
        """The product of an API key; shape and checksum are judged before any read."""
        key_id = api_keys.key_id(text, self._settings.environment)
        stored = self._api_keys.get(key_id, partial(self._keys.get, key_id))
        pepper = self._settings.key_pepper
        return Caller(key=api_keys.checked(stored, text, pepper, self._clock()))

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
        found = self._tenants.memberships(caller.user_id or "")
        return found[0].tenant_id if len(found) == 1 else None

    def decide(self, caller: Caller, permission: str, tenant_id: str) -> Decision:
        """Default deny; a key is held to its scopes, a user to the roles in the tenant."""
        if caller.key:
            return _decide_key(caller.key, permission, tenant_id)
        member = self._member(tenant_id, caller.user_id or "")
        role = granting_role(member.roles, permission) if member else None
        rule = f"role:{role}" if role else "default-deny"
        return Decision(role is not None, rule, member.version if member else 0)

    def require(self, caller: Caller, permission: str, tenant_id: str) -> None:
        """Raises NotFound to whom the tenant is foreign, Forbidden to whom it is not."""
        if self.decide(caller, permission, tenant_id).allowed:
            return
        if caller.key:
            raise _key_refusal(caller.key, tenant_id)
        if self._member(tenant_id, caller.user_id or "") is None:
            raise NotFound(reason="foreign_tenant")
        raise Forbidden(reason=f"missing_{permission}")

    def require_platform(self, caller: Caller, permission: str) -> None:
        """Only a key of the platform with the scope passes."""
        if not caller.platform:
            raise Forbidden(reason="platform_only")
        if caller.key and permission not in caller.key.scopes:
            raise InsufficientScope(reason=f"missing_{permission}")

    def permissions(self, member: Member) -> frozenset[str]:
        return granted(member.roles)

    def _member(self, tenant_id: str, user_id: str) -> Member | None:
        load = partial(self._tenants.member, tenant_id, user_id)
        return self._members.get((tenant_id, user_id), load)


def known_user(
    users: Users, identity: Identity, now: datetime, wait: Callable[[int], None] = pause
) -> str:
    """The user of an identity: known, linked by a verified e-mail, or registered."""
    for attempt in range(ATTEMPTS):
        # Somebody else may be registering the identity, or claiming its e-mail: look again.
        with suppress(AlreadyThere, ChangedMeanwhile):
            return users.id_of(identity) or _first_seen(users, identity, now)
        wait(attempt)
    raise DependencyUnavailable(reason="contention")


def _first_seen(users: Users, identity: Identity, now: datetime) -> str:
    verified = identity.email if identity.email_verified else None
    owner = users.id_of_email(verified) if verified else None
    if owner is None:
        user_id = new_id()
        users.register(user_id, identity)
        return user_id
    if now - identity.auth_time > FRESH_SIGN_IN:
        raise StaleSignIn("Sign in again to link this account.", reason="stale_link")
    users.link(owner, identity)
    return owner


def issue_key(
    keys: ApiKeys,
    settings: Settings,
    name: str,
    product: str,
    tenant_id: str | None,
    expires: datetime,
) -> IssuedKey:
    """A new key with every scope that its tenant (or the platform) can have."""
    made = api_keys.make_key(settings.environment)
    scopes = granted(["owner"]) if tenant_id else PLATFORM
    digest = api_keys.digest(made.text, settings.key_pepper)
    keys.put(ApiKey(made.key_id, digest, name, product, tenant_id, scopes, expires))
    return IssuedKey(made.text, scopes)


def _decide_key(key: ApiKey, permission: str, tenant_id: str) -> Decision:
    if key.tenant_id not in (None, tenant_id):
        return Decision(False, "foreign-tenant", 0)
    scoped = permission in key.scopes
    return Decision(scoped, "scope" if scoped else "default-deny", 0)


def _key_refusal(key: ApiKey, tenant_id: str) -> NotFound | InsufficientScope:
    if key.tenant_id not in (None, tenant_id):
        return NotFound(reason="foreign_tenant")
    return InsufficientScope(reason="missing_scope")
