"""Memberships that others wrote: where a document stands says whose it is, and of what."""

from typing import Any

import pytest

from shared.auth.models import Member
from shared.wiring import Wiring
from tests.builders import unique
from tests.emulator.auth.conftest import sign_in


def joined(wiring: Wiring) -> tuple[str, str]:
    """Somebody, and the only tenant that they are in."""
    me, tenant = str(sign_in(wiring).user_id), unique("tenant")
    wiring.tenants.put_member(Member(tenant, me, ("viewer",)))
    return me, tenant


@pytest.mark.parametrize(
    "place", ["members/{other}", "boards/b/members/{me}", "a/b/tenants/c/members/{me}"]
)
def test_a_collection_of_that_name_elsewhere_makes_nobody_a_member(
    wiring: Wiring, place: str
) -> None:
    """Else whoever may write there would state roles, to security rules too, in any tenant."""
    me, tenant = joined(wiring)
    row = {"tenantId": unique("theirs"), "userId": me, "roles": ["owner"], "version": 1}
    wiring.hub.document(place.format(me=me, other=unique("other"))).set(row)
    assert [each.tenant_id for each in wiring.tenants.memberships(me)] == [tenant]
    wiring.tenants.restate(me)
    assert wiring.hub.document(f"users/{me}").get().get("tenants") == [tenant]


def test_many_of_them_hide_no_tenant(wiring: Wiring) -> None:
    me, tenant = joined(wiring)
    batch = wiring.hub.batch()
    for number in range(250):
        board = wiring.hub.document(f"boards/{me}-{number}/members/{me}")
        batch.set(board, {"userId": me, "roles": ["owner"]})
    batch.commit()
    assert wiring.tenants.only(me) == tenant


@pytest.mark.parametrize(
    "row",
    [
        {"roles": ["viewer"]},
        {"roles": ["viewer"], "tenantId": "other", "version": "1"},
        {"roles": ["viewer", 7, {}], "teams": "all", "version": None},
    ],
)
def test_a_membership_that_lacks_something_is_one_nevertheless(
    wiring: Wiring, row: dict[str, Any]
) -> None:
    me, tenant = sign_in(wiring), unique("tenant")
    user_id = str(me.user_id)
    wiring.hub.document(f"tenants/{tenant}/members/{user_id}").set({"userId": user_id, **row})
    assert wiring.tenants.only(user_id) == tenant
    wiring.auth.require(me, "events:event:read", tenant)
    wiring.tenants.put_member(Member(tenant, user_id, ("editor",)))
    (member,) = wiring.tenants.memberships(user_id)
    assert (member.tenant_id, member.roles, member.version >= 1) == (tenant, ("editor",), True)


@pytest.mark.parametrize(
    "odd",
    [
        {"roles": ["waiter"], "teams": "all", "turns": "many", "rolesVersion": "x"},
        {"roles": {"waiter": None, "cook": {"permissions": "all"}}, "teams": {"bar": 7}},
        {"roles": {"waiter": {"permissions": [7], "inherits": {}}}, "teams": {"bar": {}}},
    ],
)
def test_roles_that_others_wrote_into_a_tenant_lock_nobody_out(
    wiring: Wiring, odd: dict[str, Any]
) -> None:
    owner, other, tenant = sign_in(wiring), sign_in(wiring), unique("tenant")
    wiring.tenants.put_tenant(tenant, tenant, "T", ["SMP"])
    wiring.hub.document(f"tenants/{tenant}").update(odd)
    wiring.tenants.put_member(Member(tenant, str(owner.user_id), ("owner",)))
    member = wiring.members.put(owner, tenant, str(other.user_id), ["owner"], None)
    assert member.roles == ("owner",)
    wiring.auth.require(other, "auth:member:write", tenant)


@pytest.mark.parametrize("roles", [None, "owner", 7, {"owner": True}])
def test_roles_that_are_no_list_give_nothing(wiring: Wiring, roles: Any) -> None:
    me, tenant = joined(wiring)
    wiring.hub.document(f"tenants/{tenant}/members/{me}").update({"roles": roles})
    (member,) = wiring.tenants.memberships(me)
    assert member.roles == ()
