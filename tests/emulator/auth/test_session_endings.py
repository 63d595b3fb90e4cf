"""Who is gone, suspended or of a tenant that has ended: their sessions end with them."""

from typing import Any

import pytest
from google.cloud import firestore

from shared.auth.models import Caller, Member
from shared.kernel.errors import Forbidden, NotFound, SessionRevoked
from shared.wiring import Wiring
from tests.builders import claims, unique, unsigned_token
from tests.emulator.auth.conftest import Instances
from tests.emulator.auth.sessions import begin, member, refresh, refused

ENDINGS: dict[str, tuple[str, Any]] = {
    "user disabled": ("users/{user}", {"status": "disabled"}),
    "user deleted": ("users/{user}", None),
    "user's epoch": ("users/{user}", {"epoch": 1}),
    "tenant suspended": ("tenants/{tenant}", {"status": "suspended"}),
    "tenant's epoch": ("tenants/{tenant}", {"epoch": 1}),
}


@pytest.mark.parametrize(("path", "change"), ENDINGS.values(), ids=ENDINGS.keys())
def test_who_is_gone_is_refused_everywhere_with_every_token(
    wiring: Wiring, instances: Instances, path: str, change: dict[str, Any] | None
) -> None:
    tenant = unique("tenant")
    wiring.tenants.put_tenant(tenant, tenant, "T", ["SMP"])
    me = member(wiring, tenant, "owner")
    granted = begin(wiring, me, tenant)
    document: firestore.DocumentReference = wiring.hub.document(
        path.format(user=me.user_id, tenant=tenant)
    )
    document.update(change) if change else document.delete()
    instance = instances(1)[0]
    assert refused(instance, granted).startswith("epoch:")
    if "epoch" not in (change or {}):
        with pytest.raises(SessionRevoked):
            acts_with_id_token(instance, me, tenant)


def acts_with_id_token(wiring: Wiring, me: Caller, tenant: str) -> None:
    assert me.identity
    token = unsigned_token(claims(wiring.clock(), sub=me.identity.subject))
    wiring.auth.require(wiring.auth.caller_with_token(token), "events:event:read", tenant)


def test_a_suspended_member_has_no_roles(wiring: Wiring, instances: Instances) -> None:
    tenant = unique("tenant")
    me = member(wiring, tenant, "owner")
    wiring.hub.document(f"tenants/{tenant}/members/{me.user_id}").update({"status": "suspended"})
    with pytest.raises(Forbidden):
        wiring.auth.require(me, "events:event:read", tenant)
    with pytest.raises(NotFound):
        begin(instances(1)[0], me, tenant)


@pytest.mark.parametrize("change", [{"status": "suspended"}, None], ids=["suspended", "removed"])
def test_who_has_left_a_tenant_gets_no_more_tokens_that_name_it(
    wiring: Wiring, change: dict[str, Any] | None
) -> None:
    tenant = unique("tenant")
    me = member(wiring, tenant, "owner")
    granted = begin(wiring, me, tenant)
    document = wiring.hub.document(f"tenants/{tenant}/members/{me.user_id}")
    document.update(change) if change else document.delete()
    with pytest.raises(SessionRevoked):
        refresh(wiring, granted)
    wiring.tenants.put_member(Member(tenant, str(me.user_id), ("viewer",)))
    document.update({"status": "active"})
    assert refresh(wiring, granted).roles == ("viewer",)


@pytest.mark.parametrize("ended", [{"status": "disabled"}, {"epoch": 7}])
def test_what_an_editor_may_not_do_is_refused_at_once_where_a_sign_in_has_ended(
    wiring: Wiring, instances: Instances, ended: dict[str, Any]
) -> None:
    tenant = unique("tenant")
    me = member(wiring, tenant, "owner")
    text = begin(wiring, me, tenant).access_token
    (remembers,) = instances(1)
    remembered = remembers.auth.caller_with_token(text)
    remembers.auth.require(remembered, "auth:member:write", tenant)
    wiring.hub.document(f"users/{me.user_id}").update(ended)
    remembers.auth.require(remembered, "events:event:emit", tenant)
    with pytest.raises(SessionRevoked):
        remembers.auth.require(remembered, "auth:member:write", tenant)


def test_signed_out_everywhere_an_id_token_does_not_do_at_once_what_an_editor_may_not(
    wiring: Wiring, instances: Instances
) -> None:
    tenant = unique("tenant")
    me = member(wiring, tenant, "owner")
    (remembers,) = instances(1)
    remembers.auth.require(me, "auth:member:write", tenant)
    wiring.session_list.end_all(me)
    with pytest.raises(SessionRevoked):
        remembers.auth.require(me, "auth:member:write", tenant)
