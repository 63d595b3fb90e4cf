"""Who is gone, suspended or of a tenant that has ended: their sessions end with them."""

from collections.abc import Callable
from typing import Any

import pytest
from google.cloud import firestore

from shared.auth.models import Caller, Member
from shared.kernel.errors import Forbidden, NotFound, SessionRevoked
from shared.wiring import Wiring
from tests.builders import claims, unique, unsigned_token
from tests.emulator.auth.sessions import begin, member, refresh, refused

Instances = Callable[[int], list[Wiring]]
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
