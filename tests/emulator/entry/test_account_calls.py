"""Accounts over HTTP: opened, moved to another tier and limited by the platform alone."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from typing import Any

import pytest
from google.cloud.firestore_v1.base_query import FieldFilter

from scripts.suite.counting import Costs, costing, counted_client
from shared.tokens.commands import ChangePlan, Park, Touch
from shared.tokens.desk import Desk
from shared.tokens.service import Tokens
from shared.tokens.store import Accounts
from shared.wiring import Wiring
from tests.builders import unique
from tests.emulator.conftest import SetClock
from tests.emulator.entry.accounts import ACCOUNTS, PLAN, told
from tests.emulator.entry.clients import AsUser, Client, WithKey
from tests.emulator.entry.people import VERIFY, id_of
from tests.unit.entry.calls import code

LIMITS = {"overage": "unlimited"}


@pytest.fixture
def admin(with_key: WithKey) -> Client:
    return with_key("billing", None)


@pytest.fixture
def account(admin: Client) -> str:
    account_id = unique("account")
    opened = admin.post(ACCOUNTS, {"accountId": account_id, "tier": "free"})
    assert opened.status_code == 201
    return account_id


def test_nobody_else_opens_or_changes_an_account(
    as_user: AsUser, with_key: WithKey, tenant: str, admin: Client
) -> None:
    pool = f"org_{tenant}"
    opening = {"accountId": pool, "tier": "free"}
    assert admin.post(ACCOUNTS, opening).status_code == 201
    for caller in (as_user("billing", **{tenant: "owner"}), with_key("billing", tenant)):
        for method, path, body in (
            ("POST", ACCOUNTS, opening),
            ("PUT", f"{ACCOUNTS}/{pool}/plan", PLAN),
            ("PUT", f"{ACCOUNTS}/{pool}/limits", LIMITS),
        ):
            assert code(caller.send(method, path, body)) == (403, "forbidden")


@pytest.mark.parametrize("limits", [{"overage": "cap"}, {"overage": "deny", "cap": 5}])
def test_a_cap_goes_with_an_overage_up_to_it(
    admin: Client, account: str, limits: dict[str, Any]
) -> None:
    refused = admin.send("PUT", f"{ACCOUNTS}/{account}/limits", limits)
    assert code(refused) == (422, "validation-error")
    assert [error["pointer"] for error in refused.get_json()["errors"]] == ["/cap"]


@pytest.mark.parametrize("name", ["tiers", "packages"])
def test_what_the_settings_define_comes_in_pages(admin: Client, name: str) -> None:
    path = f"/api/v1/billing/{name}"
    everything = admin.get(path).get_json()
    assert everything["nextCursor"] is None
    seen, cursor = [], ""
    while cursor is not None:
        page = admin.get(f"{path}?limit=1" + (f"&cursor={cursor}" if cursor else "")).get_json()
        seen += page["items"]
        cursor = page["nextCursor"]
    assert seen == everything["items"]
    assert admin.get(f"{path}?limit=101").status_code == 422


def test_an_account_is_moved_to_a_tier_that_there_is(admin: Client, account: str) -> None:
    path = f"{ACCOUNTS}/{account}/plan"
    assert admin.send("PUT", path, PLAN).get_json()["includedTokens"] == 10_000
    assert code(admin.send("PUT", path, {"tier": "golden"})) == (422, "validation-error")
    assert code(admin.send("PUT", f"{ACCOUNTS}/nobody/plan", PLAN)) == (404, "not-found")


def test_what_becomes_of_a_pool_s_plan_is_in_its_tenant_s_audit(
    with_key: WithKey, as_user: AsUser, tenant: str, admin: Client
) -> None:
    pool, path = f"org_{tenant}", f"{ACCOUNTS}/org_{tenant}"
    assert admin.post(ACCOUNTS, {"accountId": pool, "tier": "free"}).status_code == 201
    assert admin.send("PUT", f"{path}/plan", PLAN).status_code == 200
    assert admin.send("PUT", f"{path}/limits", LIMITS).status_code == 200
    assert code(admin.send("PUT", f"{path}/plan", {"tier": "golden"})) == (422, "validation-error")
    assert code(admin.post(ACCOUNTS, {"accountId": pool, "tier": "pro"})) == (409, "conflict")
    owner = as_user("auth", **{tenant: "owner"})
    limits, plan, opened = told(owner)
    key_id = admin.credential["X-API-Key"].split("_")[3]
    assert {entry["actor"] for entry in (limits, plan, opened)} == {f"key:{key_id}"}
    assert {entry["target"] for entry in (limits, plan, opened)} == {pool}
    assert (opened["action"], opened["details"]) == ("plan.open", {"tier": "free"})
    assert (plan["action"], limits["action"]) == ("plan.change", "plan.limits")
    assert plan["details"] == {"from": "free", "to": "pro", "atOnce": True}
    assert owner.send("POST", VERIFY, {}).get_json()["valid"]


def test_what_becomes_of_a_user_s_plan_is_in_their_audit(
    as_user: AsUser, with_key: WithKey, admin: Client
) -> None:
    me = as_user("auth")
    user_id = id_of(me)
    for tier in ("pro", "free"):
        answer = admin.send("PUT", f"{ACCOUNTS}/{user_id}/plan", {"tier": tier})
        assert answer.status_code == 200
    found = told(me, f"?userId={user_id}")
    assert [entry["action"] for entry in found] == [*["plan.change"] * 2, "identity.register"]
    verdict = me.send("POST", VERIFY, {"userId": user_id}).get_json()
    assert verdict == {"valid": True, "entries": 3, "brokenAt": None}


def test_plans_that_change_at_once_are_all_told_of(as_user: AsUser, admin: Client) -> None:
    """They meet at the account and at the end of its audit, and none of them is lost."""
    me = as_user("auth")
    user_id = id_of(me)
    path, tiers = f"{ACCOUNTS}/{user_id}/plan", ["pro", "business"] * 8
    with ThreadPoolExecutor(8) as pool:
        answers = list(pool.map(lambda tier: admin.send("PUT", path, {"tier": tier}), tiers))
    assert {answer.status_code for answer in answers} == {200}
    verdict = me.send("POST", VERIFY, {"userId": user_id}).get_json()
    assert verdict == {"valid": True, "entries": 17, "brokenAt": None}


def test_the_first_plans_of_a_tenant_s_members_do_not_meet_in_vain(
    wiring: Wiring, tenant: str
) -> None:
    """Whoever is second to tell of anything in a chain looks again, and is not under review."""
    pool = f"org_{tenant}"
    wiring.tokens.balance(pool, wiring.tokens.free(lambda _: tenant))
    instances = [Wiring(wiring.settings, wiring.clock) for _ in range(6)]

    def change(one: Wiring) -> None:
        operation = unique("plan")
        one.tokens.execute(pool, operation, ChangePlan(operation, "pro", "key:k"))

    with ThreadPoolExecutor(6) as threads:
        list(threads.map(change, instances))
    entries = wiring.hub.collection(f"audit/{tenant}/entries").get()
    assert len(entries) == 6


def test_a_change_of_plan_costs_a_read_more_and_the_turn_of_a_cycle_none(
    wiring: Wiring, clock: SetClock
) -> None:
    account, costs = unique("account"), Costs()
    accounts = Accounts(counted_client(wiring.settings.hub, costs))
    tokens = Tokens(accounts, Desk(accounts, wiring.policy, clock), wiring.policy, clock)
    tokens.balance(account, tokens.free(lambda _: None))
    with costing(costs) as changed:
        tokens.execute(account, "plan", ChangePlan("plan", "pro", "key:k"))
    tokens.execute(account, "down", ChangePlan("down", "free", "key:k"))
    clock.moment = wiring.clock() + timedelta(days=40)
    with costing(costs) as turned:
        tokens.execute(account, "touch", Touch())
    assert (changed.calls, changed.reads, changed.written["entries"]) == (2, 1, 1)
    assert (turned.calls, turned.reads) == (1, 0)
    assert not {"entries", "heads"} & set(turned.written)


def test_a_parked_account_is_taken_back_into_use_by_the_platform_alone(
    wiring: Wiring, with_key: WithKey, tenant: str, admin: Client
) -> None:
    account, path = f"org_{tenant}", f"{ACCOUNTS}/org_{tenant}/unpark"
    assert admin.post(ACCOUNTS, {"accountId": account, "tier": "free"}).status_code == 201
    why = {"reason": "rows are back"}
    assert code(admin.send("POST", path, why)) == (409, "conflict")
    wiring.tokens.execute(account, "park", Park("park", "does not add up"))
    assert code(admin.send("PUT", f"{ACCOUNTS}/{account}/plan", PLAN)) == (409, "conflict")
    assert code(with_key("billing", tenant).send("POST", path, why)) == (403, "forbidden")
    assert code(admin.send("POST", path, {"reason": ""})) == (422, "validation-error")
    assert code(admin.send("POST", f"{ACCOUNTS}/nobody/unpark", why)) == (404, "not-found")
    answer = admin.send("POST", path, why)
    assert (answer.status_code, answer.get_json()["totalAvailable"]) == (200, 100)
    assert admin.send("PUT", f"{ACCOUNTS}/{account}/plan", PLAN).status_code == 200
    rows = wiring.hub.collection("token_transactions")
    field = FieldFilter("accountId", "==", account)
    stored = [found.to_dict() or {} for found in rows.where(filter=field).get()]
    (said,) = [row["metadata"] for row in stored if row["metadata"].get("parked") is False]
    assert said["reason"] == why["reason"]
    assert said["actor"].startswith("key:")
