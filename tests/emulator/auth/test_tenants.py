"""Roles in tenants and keys of tenants, on a real store."""

from datetime import timedelta

import pytest

from shared.auth.known_keys import IssuedKey, issue_key
from shared.auth.models import ApiKey, Caller, Member
from shared.auth.permissions import PLATFORM
from shared.kernel.errors import InvalidCredentials, NotFound
from shared.wiring import Wiring
from tests.builders import unique
from tests.emulator.auth.conftest import sign_in

UNSAFE = ["a/b", "a/members/b", ".", "..", "__x__", "", "\0", "\ud800", "é", "x" * 2000]


def member(wiring: Wiring, tenant_id: str, *roles: str) -> Caller:
    caller = sign_in(wiring)
    wiring.tenants.put_member(Member(tenant_id, str(caller.user_id), roles))
    return caller


def key(wiring: Wiring, tenant_id: str | None) -> IssuedKey:
    expires = wiring.clock() + timedelta(days=1)
    return issue_key(wiring.api_keys, wiring.settings, "k", "SMP", tenant_id, expires)


@pytest.mark.parametrize(
    ("role", "permission", "rule"),
    [
        ("owner", "auth:owner:write", "role:owner"),
        ("admin", "auth:member:write", "role:admin"),
        ("editor", "events:event:emit", "role:editor"),
        ("viewer", "events:event:read", "role:viewer"),
        ("admin", "auth:owner:write", "default-deny"),
        ("editor", "auth:member:write", "default-deny"),
        ("viewer", "events:event:emit", "default-deny"),
        ("owner", "billing:account:write", "default-deny"),
        ("owner", "no:such:permission", "default-deny"),
        ("no-such-role", "events:event:read", "default-deny"),
    ],
)
def test_a_role_in_the_tenant_decides(
    wiring: Wiring, role: str, permission: str, rule: str
) -> None:
    tenant = unique("tenant")
    decision = wiring.auth.decide(member(wiring, tenant, role), permission, tenant)
    assert (decision.allowed, decision.rule) == (rule != "default-deny", rule)


def test_a_foreign_tenant_and_a_missing_one_cannot_be_told_apart(wiring: Wiring) -> None:
    mine, theirs = unique("tenant"), unique("tenant")
    wiring.tenants.put_tenant(theirs, theirs, "Theirs", ["SMP"])
    me = member(wiring, mine, "owner")
    member(wiring, theirs, "owner")
    answers = [wiring.auth.decide(me, "events:event:read", t) for t in (theirs, unique("tenant"))]
    assert answers[0] == answers[1]
    for tenant in (theirs, unique("tenant")):
        with pytest.raises(NotFound) as refused:
            wiring.auth.require(me, "events:event:read", tenant)
        assert refused.value.detail == ""


@pytest.mark.parametrize("tenant_id", UNSAFE)
def test_a_text_that_can_be_no_tenant_is_a_missing_one(wiring: Wiring, tenant_id: str) -> None:
    with pytest.raises(NotFound):
        wiring.auth.require(sign_in(wiring), "events:event:read", tenant_id)


def test_a_change_of_roles_grows_their_version_and_shows_elsewhere_at_once(wiring: Wiring) -> None:
    tenant = unique("tenant")
    who = member(wiring, tenant, "viewer")
    wiring.tenants.put_member(Member(tenant, str(who.user_id), ("editor",)))
    elsewhere = Wiring(wiring.settings, wiring.clock)
    decision = elsewhere.auth.decide(who, "events:event:emit", tenant)
    assert (decision.allowed, decision.role_version) == (True, 2)


def test_tenants_are_listed_for_their_members_alone(wiring: Wiring) -> None:
    tenants = {unique("tenant"), unique("tenant")}
    me = sign_in(wiring)
    for tenant in tenants:
        wiring.tenants.put_member(Member(tenant, str(me.user_id), ("viewer",)))
    assert {m.tenant_id for m in wiring.auth.profile(me).tenants} == tenants
    assert wiring.auth.profile(sign_in(wiring)).tenants == []


def test_a_key_acts_in_its_tenant_and_finds_no_other(wiring: Wiring) -> None:
    tenant = unique("tenant")
    caller = wiring.auth.caller_with_key(key(wiring, tenant).text)
    assert wiring.auth.tenant_of(caller, None) == tenant
    wiring.auth.require(caller, "events:event:emit", tenant)
    with pytest.raises(NotFound):
        wiring.auth.require(caller, "events:event:emit", unique("tenant"))


def test_a_key_of_the_platform_holds_all_its_permissions(wiring: Wiring) -> None:
    issued = key(wiring, None)
    caller = wiring.auth.caller_with_key(issued.text)
    assert caller.platform
    assert issued.scopes == PLATFORM
    wiring.auth.require_platform(caller, "billing:account:write")


def test_a_keys_text_is_stored_nowhere(wiring: Wiring) -> None:
    issued = key(wiring, unique("tenant"))
    stored = wiring.hub.collection("api_keys").document(_id(issued)).get().to_dict()
    assert issued.text.rsplit("_", 1)[1] not in repr(stored)


def test_a_revoked_key_is_refused_by_the_next_instance(wiring: Wiring) -> None:
    issued = key(wiring, unique("tenant"))
    wiring.auth.caller_with_key(issued.text)
    wiring.hub.collection("api_keys").document(_id(issued)).update({"revoked": True})
    with pytest.raises(InvalidCredentials):
        Wiring(wiring.settings, wiring.clock).auth.caller_with_key(issued.text)


def test_a_key_does_not_open_with_anothers_secret(wiring: Wiring) -> None:
    mine, theirs = key(wiring, unique("tenant")), key(wiring, unique("tenant"))
    stored = wiring.api_keys.get(_id(mine))
    assert isinstance(stored, ApiKey)
    wiring.hub.collection("api_keys").document(_id(theirs)).update({"digest": stored.digest})
    with pytest.raises(InvalidCredentials):
        wiring.auth.caller_with_key(theirs.text)


def _id(issued: IssuedKey) -> str:
    return issued.text.split("_")[3]
