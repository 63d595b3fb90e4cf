"""The auth calls: who am I, and may I; sessions and public keys stand beside."""

from dataclasses import asdict
from typing import Any

from functions.auth import api_keys, audit, encryption, keys, members, oauth, roles, sessions
from functions.auth.area import area
from functions.auth.schemas import (
    AuthorizeAnswer,
    AuthorizeRequest,
    IdentityView,
    Me,
    ProfileRequest,
    ProfileView,
    TenantView,
)
from shared.auth.models import Member, User
from shared.auth.narrowing import whole_user
from shared.auth.service import Profile
from shared.entry.http import Call
from shared.entry.wire import Nothing
from shared.wiring import Wiring

__all__ = [
    "api_keys",
    "audit",
    "auth",
    "encryption",
    "keys",
    "members",
    "oauth",
    "roles",
    "sessions",
]


@area.route("GET", "/me", Nothing, Me)
def me(call: Call[Nothing], wiring: Wiring) -> Me:
    return _me(call, wiring)


@area.route("PATCH", "/me", ProfileRequest, Me)
def change_me(call: Call[ProfileRequest], wiring: Wiring) -> Me:
    user_id = whole_user(call.caller)
    changes = call.input.model_dump(exclude_unset=True, by_alias=True)
    wiring.users.change_profile(user_id, changes, wiring.clock())
    return _me(call, wiring)


@area.route("POST", "/authorize", AuthorizeRequest, AuthorizeAnswer)
def authorize(call: Call[AuthorizeRequest], wiring: Wiring) -> AuthorizeAnswer:
    tenant = wiring.auth.tenant_of(call.caller, call.input.tenant_id or call.tenant_header)
    decision = wiring.auth.decide(call.caller, call.input.permission, tenant)
    return AuthorizeAnswer(
        allowed=decision.allowed, rule=decision.rule, role_version=decision.role_version
    )


auth = area.function()


def _me(call: Call[Any], wiring: Wiring) -> Me:
    """As the credential lets them act: in the tenant of a token, and no further than its scope."""
    profile = wiring.auth.profile(call.caller)
    access = call.caller.access
    acting = _acting(profile, call.tenant_header or (access.tenant_id if access else None))
    user = profile.user
    permissions = wiring.auth.permissions_in(call.caller, acting.tenant_id if acting else None)
    return Me(
        user_id=user.user_id,
        identities=tuple(IdentityView(**asdict(identity)) for identity in user.identities),
        profile=_profile(user),
        tenants=tuple(_tenant(member) for member in profile.tenants),
        roles=tuple(acting.roles) if acting else (),
        permissions=tuple(sorted(permissions)),
    )


def _profile(user: User) -> ProfileView:
    return ProfileView(
        email=user.email,
        display_name=user.display_name,
        photo_url=user.photo_url,
        locale=user.locale,
        time_zone=user.time_zone,
    )


def _acting(profile: Profile, named: str | None) -> Member | None:
    """The user in the named tenant, or in the only one."""
    acting = [m for m in profile.tenants if named in (None, m.tenant_id)]
    return acting[0] if len(acting) == 1 else None


def _tenant(member: Member) -> TenantView:
    return TenantView(tenant_id=member.tenant_id, roles=tuple(member.roles))
