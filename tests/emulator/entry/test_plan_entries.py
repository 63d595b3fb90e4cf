"""Changes of plans that meet another entry at the end of the audit look again, and are done."""

import pytest

from shared.auth import audit
from shared.auth.audit import Line
from shared.auth.chain import Act
from shared.kernel.clock import utc_now
from shared.platform.wire import Wire
from shared.tokens.plan_audit import PlanAudit, Telling
from shared.tokens.saves import Save
from shared.wiring import Wiring
from tests.emulator.entry.accounts import ACCOUNTS, PLAN, told
from tests.emulator.entry.clients import AsUser, Client, WithKey
from tests.emulator.entry.people import VERIFY, id_of


@pytest.fixture
def admin(with_key: WithKey) -> Client:
    return with_key("billing", None)


@pytest.fixture
def meddling(monkeypatch: pytest.MonkeyPatch, wiring: Wiring) -> None:
    """Another entry comes between, once: after the end of the audit was read."""
    telling, met = PlanAudit.telling, list[str]()
    wire = Wire(wiring.hub)

    def overtaken(self: PlanAudit, save: Save) -> Telling:
        found = telling(self, save)
        if found.path and not met:
            met.append(found.path)
            book, _, shard = found.path.rpartition("/heads/")
            act = Act("user:other", "member.put", "m", {})
            wire.commit(audit.told(wire, Line(book, int(shard, 16)), found.found, act, utc_now()))
        return found

    monkeypatch.setattr(PlanAudit, "telling", overtaken)


@pytest.mark.usefixtures("meddling")
def test_a_plan_is_changed_although_another_entry_came_between(
    as_user: AsUser, admin: Client
) -> None:
    me = as_user("auth")
    user_id = id_of(me)
    assert admin.send("PUT", f"{ACCOUNTS}/{user_id}/plan", PLAN).status_code == 200
    found = told(me, f"?userId={user_id}")
    assert {entry["action"] for entry in found[:2]} == {"plan.change", "member.put"}
    assert me.send("POST", VERIFY, {"userId": user_id}).get_json()["entries"] == 3


@pytest.mark.usefixtures("meddling")
def test_an_account_is_opened_although_another_entry_came_between(
    as_user: AsUser, tenant: str, admin: Client
) -> None:
    pool = {"accountId": f"org_{tenant}", "tier": "free"}
    assert admin.post(ACCOUNTS, pool).status_code == 201
    found = told(as_user("auth", **{tenant: "owner"}))
    assert {entry["action"] for entry in found} == {"plan.open", "member.put"}
