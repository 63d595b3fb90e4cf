"""Where somebody acts who names no tenant: their document says where to look, and decides nothing.

However stale it is, the answer is that of a query among all members; only of a membership that
others have written it hears a moment later.
"""

import random
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from google.cloud import firestore

from shared.auth.joining import MOST_TENANTS
from shared.auth.models import Caller, Member
from shared.kernel.errors import InvalidRequest, NotFound
from shared.wiring import Wiring
from tests.builders import claims, unique, unsigned_token
from tests.emulator.auth.conftest import Instances, sign_in
from tests.emulator.auth.sessions import begin

PERMISSION = "events:event:read"


def document(wiring: Wiring, caller: Caller) -> firestore.DocumentReference:
    found: firestore.DocumentReference = wiring.hub.document(f"users/{caller.user_id}")
    return found


def said(wiring: Wiring, caller: Caller) -> Any:
    return (document(wiring, caller).get().to_dict() or {}).get("tenants")


def put(wiring: Wiring, caller: Caller, tenant: str, role: str = "viewer") -> str:
    wiring.tenants.put_member(Member(tenant, str(caller.user_id), (role,)))
    return tenant


def place(wiring: Wiring, caller: Caller, tenant: str) -> firestore.DocumentReference:
    found: firestore.DocumentReference = wiring.hub.document(
        f"tenants/{tenant}/members/{caller.user_id}"
    )
    return found


def arriving(wiring: Wiring, caller: Caller) -> Wiring:
    """An instance that knows nobody, and then the caller."""
    assert caller.identity
    instance = Wiring(wiring.settings, wiring.clock)
    token = unsigned_token(claims(wiring.clock(), sub=caller.identity.subject))
    instance.auth.caller_with_token(token)
    return instance


def elsewhere(wiring: Wiring, caller: Caller) -> str | None:
    """Where the user acts on such an instance, and may read."""
    instance = arriving(wiring, caller)
    found = instance.auth.only_tenant(caller)
    if found:
        instance.auth.require(caller, PERMISSION, found)
    return found


@pytest.mark.parametrize("odd", [None, "tenant", 7, {"a": 1}, [7], ["a/b"], [""], [".."], [{}]])
def test_what_is_no_list_of_tenants_is_as_none(wiring: Wiring, odd: Any) -> None:
    caller = sign_in(wiring)
    tenant = put(wiring, caller, unique("tenant"))
    document(wiring, caller).update({"tenants": odd})
    assert elsewhere(wiring, caller) == tenant
    wiring.tenants.put_member(Member(tenant, str(caller.user_id), ("editor",)))


@pytest.mark.parametrize("seed", range(8))
def test_it_is_what_a_query_finds_whatever_happens(wiring: Wiring, seed: int) -> None:
    """Members come, go, are suspended and removed past the backbone, and documents are stale."""
    dice, me = random.Random(seed), sign_in(wiring)
    tenants = [unique("tenant") for _ in range(3)]
    for _ in range(12):
        _something(dice, wiring, me, dice.choice(tenants))
        assert elsewhere(wiring, me) == wiring.tenants.only(str(me.user_id))
        granted = begin(Wiring(wiring.settings, wiring.clock), me)
        assert granted.session.tenant_id == wiring.tenants.only(str(me.user_id))


def _something(dice: random.Random, wiring: Wiring, me: Caller, tenant: str) -> None:
    there, what = place(wiring, me, tenant), dice.randrange(6)
    if what == 0 and there.get().exists:
        there.update({"status": dice.choice(["active", "suspended"])})
    elif what == 1:
        there.delete()
    elif what == 2:
        document(wiring, me).update({"tenants": firestore.DELETE_FIELD})
    elif what == 3:
        wiring.tenants.restate(str(me.user_id))
    else:
        put(wiring, me, tenant)


@pytest.mark.parametrize("stale", [True, False])
def test_a_tenant_that_only_the_document_names_lets_nobody_in(wiring: Wiring, stale: bool) -> None:
    """The same refusals as to somebody in no tenant at all."""
    theirs, me = unique("tenant"), sign_in(wiring)
    wiring.tenants.put_tenant(theirs, theirs, "Theirs", ["SMP"])
    if stale:
        document(wiring, me).update({"tenants": [theirs]})
    assert elsewhere(wiring, me) is None
    with pytest.raises(InvalidRequest):
        arriving(wiring, me).auth.tenant_of(me, None)
    with pytest.raises(NotFound):
        wiring.auth.require(me, PERMISSION, theirs)
    granted = begin(Wiring(wiring.settings, wiring.clock), me)
    assert (granted.session.tenant_id, tuple(granted.roles)) == (None, ())


def test_who_is_in_two_tenants_names_one_until_they_leave_the_other(wiring: Wiring) -> None:
    me, owner = sign_in(wiring), sign_in(wiring)
    first, second = unique("tenant"), unique("tenant")
    wiring.tenants.put_tenant(second, second, "T", ["SMP"])
    put(wiring, owner, second, "owner")
    put(wiring, me, first)
    assert elsewhere(wiring, me) == first
    wiring.members.put(owner, second, str(me.user_id), ["viewer"], None)
    assert (said(wiring, me), elsewhere(wiring, me)) == ([first, second], None)
    wiring.members.remove(owner, second, str(me.user_id))
    assert (said(wiring, me), elsewhere(wiring, me)) == ([first], first)


def test_what_an_instance_changes_it_sees_at_once(wiring: Wiring) -> None:
    me, owner, first, second = *(sign_in(wiring) for _ in "ab"), unique("tenant"), unique("tenant")
    for tenant in (first, second):
        wiring.tenants.put_tenant(tenant, tenant, "T", ["SMP"])
        put(wiring, owner, tenant, "owner")
    put(wiring, me, first)
    here = arriving(wiring, me)
    assert here.auth.only_tenant(me) == first
    here.members.put(owner, second, str(me.user_id), ["viewer"], None)
    assert here.auth.only_tenant(me) is None
    for tenant, only in ((first, second), (second, None)):
        here.members.remove(owner, tenant, str(me.user_id))
        assert here.auth.only_tenant(me) == only


def test_a_newcomers_home_is_said_from_the_first(wiring: Wiring, home: str) -> None:
    assert said(wiring, sign_in(wiring, project="demo-ai")) == [home]
    assert said(wiring, sign_in(wiring)) == []


def test_tenants_that_are_joined_at_once_are_all_said(wiring: Wiring, instances: Instances) -> None:
    me, tenants = sign_in(wiring), {unique("tenant") for _ in range(4)}
    with ThreadPoolExecutor(4) as threads:
        list(threads.map(lambda one, t: put(one, me, t), instances(4), tenants))
    assert set(said(wiring, me)) == tenants


def test_a_document_that_says_nothing_is_not_begun_in_the_middle(wiring: Wiring) -> None:
    """Else one who was in a tenant before would seem to be in the next alone."""
    me = sign_in(wiring)
    put(wiring, me, unique("tenant"))
    document(wiring, me).update({"tenants": firestore.DELETE_FIELD})
    put(wiring, me, unique("tenant"))
    assert (said(wiring, me), elsewhere(wiring, me)) == (None, None)
    wiring.tenants.restate(str(me.user_id))
    assert len(said(wiring, me)) == 2


def test_who_is_in_very_many_tenants_is_looked_for_among_the_members(wiring: Wiring) -> None:
    me, most = sign_in(wiring), [f"t{number}" for number in range(MOST_TENANTS)]
    document(wiring, me).update({"tenants": most})
    tenant = put(wiring, me, unique("tenant"))
    assert (said(wiring, me), elsewhere(wiring, me)) == (None, tenant)


def test_memberships_of_nobody_are_stored_and_said_nowhere(wiring: Wiring) -> None:
    nobody = Caller(user_id=unique("nobody"))
    put(wiring, nobody, unique("tenant"))
    wiring.tenants.restate(str(nobody.user_id))
    assert not document(wiring, nobody).get().exists


def test_what_others_write_is_said_once_that_is_heard_of(wiring: Wiring) -> None:
    me, (first, second) = sign_in(wiring), (unique("tenant"), unique("tenant"))
    put(wiring, me, first)
    row = {"tenantId": second, "userId": me.user_id, "roles": ["viewer"], "version": 1}
    place(wiring, me, second).set(row)
    wiring.tenants.restate(str(me.user_id))
    assert (said(wiring, me), elsewhere(wiring, me)) == (sorted([first, second]), None)
    place(wiring, me, first).delete()
    wiring.tenants.restate(str(me.user_id))
    assert (said(wiring, me), elsewhere(wiring, me)) == ([second], second)
