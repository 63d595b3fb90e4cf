"""Who may do what: by role, by scope, and never in a tenant of somebody else's."""

from dataclasses import replace

import pytest

from shared.auth.callers import Callers
from shared.auth.known_keys import KnownKeys
from shared.auth.models import Access, Caller, Identity, Member
from shared.auth.only_tenant import OnlyTenant
from shared.auth.permissions import (
    ADMIN,
    BUILT_IN,
    EDITOR,
    OWNER,
    PLATFORM,
    VIEWER,
)
from shared.auth.roles import Book, granted
from shared.auth.service import Auth
from shared.auth.store import Enrolled, Tenants
from shared.auth.user_store import Users
from shared.kernel.errors import Forbidden, InsufficientScope, InvalidRequest, NotFound
from tests.builders import NEW_YEAR, api_key
from tests.unit.auth.standing import Upright

USER = Caller(user_id="u")
KEY = Caller(key=api_key())
PLATFORM_KEY = Caller(key=api_key(tenant_id=None, scopes=frozenset({"events:event:read"})))


class Membership(Tenants):
    """One user who is in some tenants, with some roles."""

    def __init__(self, **roles: tuple[str, ...]) -> None:
        self.members = [Member(tenant, "u", held, version=3) for tenant, held in roles.items()]

    def enrolled(self, tenant_id: str, user_id: str) -> Enrolled:
        mine = [m for m in self.members if (m.tenant_id, m.user_id) == (tenant_id, user_id)]
        return Enrolled(mine[0] if mine else None)

    def memberships(self, user_id: str) -> list[Member]:
        return [m for m in self.members if m.user_id == user_id]


def auth(**roles: tuple[str, ...]) -> Auth:
    nobody, no_keys = object.__new__(Callers), object.__new__(KnownKeys)
    members = Membership(**roles)
    only = OnlyTenant(Upright(), members)
    return Auth(nobody, object.__new__(Users), members, only, no_keys)


def test_each_role_holds_all_that_the_one_below_holds() -> None:
    assert VIEWER < EDITOR < ADMIN < OWNER < PLATFORM


def test_roles_add_up_and_unknown_ones_add_nothing() -> None:
    assert granted(["viewer", "no-such-role"], Book()) == VIEWER
    assert granted(["viewer", "owner"], Book()) == OWNER
    assert granted([], Book()) == frozenset()


@pytest.mark.parametrize("role", BUILT_IN)
def test_the_granting_role_is_the_first_that_holds_the_permission(role: str) -> None:
    decided = auth(t=("nothing", role, "owner")).decide(USER, "events:event:read", "t")
    assert decided.rule == f"role:{role}"


def test_a_role_decides_and_is_named() -> None:
    decided = auth(t=("viewer",)).decide(USER, "events:event:read", "t")
    assert (decided.allowed, decided.rule, decided.role_version) == (True, "role:viewer", 3)


@pytest.mark.parametrize("permission", ["events:event:emit", "no:such:permission", "", "owner"])
def test_what_no_role_grants_is_denied(permission: str) -> None:
    decided = auth(t=("viewer",)).decide(USER, permission, "t")
    assert (decided.allowed, decided.rule, decided.role_version) == (False, "default-deny", 3)


def test_a_foreign_tenant_and_a_missing_one_look_alike() -> None:
    foreign, missing = (auth(mine=("owner",)).decide(USER, "x:y:z", t) for t in ("theirs", "none"))
    assert foreign == missing


@pytest.mark.parametrize("caller", [USER, KEY])
def test_whoever_is_not_of_the_tenant_does_not_find_it(caller: Caller) -> None:
    with pytest.raises(NotFound):
        auth(mine=("owner",)).require(caller, "events:event:emit", "theirs")


def test_a_member_without_the_permission_is_forbidden() -> None:
    with pytest.raises(Forbidden):
        auth(t=("viewer",)).require(USER, "events:event:emit", "t")


def test_a_key_is_held_to_its_scopes() -> None:
    auth().require(KEY, "events:event:emit", "t")
    with pytest.raises(InsufficientScope):
        auth().require(KEY, "events:event:read", "t")


def test_a_key_of_the_platform_acts_in_every_tenant_within_its_scopes() -> None:
    auth().require(PLATFORM_KEY, "events:event:read", "anyone")
    with pytest.raises(InsufficientScope):
        auth().require(PLATFORM_KEY, "events:event:emit", "anyone")


@pytest.mark.parametrize("caller", [USER, KEY])
def test_nobody_else_is_the_platform(caller: Caller) -> None:
    with pytest.raises(Forbidden):
        auth(t=("owner",)).require_platform(caller, "events:event:read")


def test_the_platform_needs_the_scope_too() -> None:
    with pytest.raises(InsufficientScope):
        auth().require_platform(PLATFORM_KEY, "billing:account:write")


def test_a_request_acts_in_the_tenant_it_names_else_in_the_only_one() -> None:
    assert auth(a=("viewer",), b=("viewer",)).tenant_of(USER, "b") == "b"
    assert auth(a=("viewer",)).tenant_of(USER, None) == "a"
    assert auth().tenant_of(KEY, None) == "t"


@pytest.mark.parametrize("roles", [{}, {"a": ("viewer",), "b": ("viewer",)}])
def test_who_has_no_only_tenant_must_name_one(roles: dict[str, tuple[str, ...]]) -> None:
    with pytest.raises(InvalidRequest):
        auth(**roles).tenant_of(USER, None)


def test_a_key_has_no_profile() -> None:
    with pytest.raises(Forbidden):
        auth().profile(KEY)


SCOPED = Access(
    "j", "u", "demo-app", 1, 301, 1, 0, tenant_id="a", scope=frozenset({"events:event:read"})
)


def test_a_narrowed_token_reaches_no_further_than_its_scope_and_tenant() -> None:
    held, caller = auth(a=("owner",), b=("owner",)), Caller(user_id="u", access=SCOPED)
    held.require(caller, "events:event:read", "a")
    for permission, tenant in (("events:event:emit", "a"), ("events:event:read", "b")):
        assert held.decide(caller, permission, tenant).rule == "token-scope"
        with pytest.raises(InsufficientScope):
            held.require(caller, permission, tenant)
    with pytest.raises(InsufficientScope):
        held.require_own(caller, "tokens:balance:spend")
    with pytest.raises(NotFound):
        held.require(caller, "events:event:read", "theirs")


def test_a_session_s_token_acts_in_its_tenant_unless_another_is_named() -> None:
    caller = Caller(user_id="u", access=replace(SCOPED, scope=None))
    held = auth(a=("viewer",), b=("owner",))
    assert held.tenant_of(caller, None) == "a"
    assert held.decide(caller, "events:event:emit", "b").allowed
    held.require_own(caller, "tokens:balance:spend")


def test_who_is_anonymous_has_no_privilege_whatever_their_roles() -> None:
    identity = Identity("i", "s", "demo-app", NEW_YEAR, provider="anonymous")
    caller = Caller(user_id="u", identity=identity)
    with pytest.raises(Forbidden):
        auth(t=("owner",)).require(caller, "events:event:read", "t")
