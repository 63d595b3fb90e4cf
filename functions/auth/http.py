"""The auth calls: who am I, and may I; sessions and public keys stand beside."""

from dataclasses import asdict
from typing import Any

from functions.auth import keys, oauth, sessions
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
from shared.auth.models import Member
from shared.auth.narrowing import whole_user
from shared.auth.permissions import granted
from shared.auth.service import Profile
from shared.auth.subjects import reach
from shared.entry.http import Call
from shared.entry.wire import Nothing
from shared.wiring import Wiring

__all__ = ["auth", "keys", "oauth", "sessions"]


@area.route("GET", "/me", Nothing, Me)
def me(call: Call[Nothing], wiring: Wiring) -> Me:
    return _me(wiring.auth.profile(call.caller), call)


@area.route("PATCH", "/me", ProfileRequest, Me)
def change_me(call: Call[ProfileRequest], wiring: Wiring) -> Me:
    user_id = whole_user(call.caller)
    if "display_name" in call.input.model_fields_set:
        wiring.users.rename(user_id, call.input.display_name)
    return _me(wiring.auth.profile(call.caller), call)


@area.route("POST", "/authorize", AuthorizeRequest, AuthorizeAnswer)
def authorize(call: Call[AuthorizeRequest], wiring: Wiring) -> AuthorizeAnswer:
    tenant = wiring.auth.tenant_of(call.caller, call.input.tenant_id or call.tenant_header)
    decision = wiring.auth.decide(call.caller, call.input.permission, tenant)
    return AuthorizeAnswer(
        allowed=decision.allowed, rule=decision.rule, role_version=decision.role_version
    )


auth = area.function()


def _me(profile: Profile, call: Call[Any]) -> Me:
    """As the credential lets them act: in the tenant of a token, and no further than its scope."""
    access = call.caller.access
    acting_in = call.tenant_header or (access.tenant_id if access else None)
    user, roles = profile.user, _roles(profile, acting_in)
    allowed = granted(roles) if access is None else reach(access, roles) & granted(roles)
    return Me(
        user_id=user.user_id,
        identities=tuple(IdentityView(**asdict(identity)) for identity in user.identities),
        profile=ProfileView(email=user.email, display_name=user.display_name),
        tenants=tuple(_tenant(member) for member in profile.tenants),
        roles=roles,
        permissions=tuple(sorted(allowed)),
    )


def _roles(profile: Profile, acting_in: str | None) -> tuple[str, ...]:
    """The roles in the named tenant, or in the only one."""
    acting = [m for m in profile.tenants if acting_in in (None, m.tenant_id)]
    return tuple(acting[0].roles) if len(acting) == 1 else ()


def _tenant(member: Member) -> TenantView:
    return TenantView(tenant_id=member.tenant_id, roles=tuple(member.roles))
