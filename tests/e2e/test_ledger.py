"""Holds, refunds, history, plans and limits through the gateway."""

from collections.abc import Callable
from typing import Any

import pytest

from tests.builders import unique
from tests.e2e.conftest import Client


def deduct(client: Client, amount: int, **more: Any) -> dict[str, Any]:
    answer = client.post("/tokens/deduct", {"amount": amount, **more}, unique("key"))
    assert answer.status_code == 201, answer.text
    found: dict[str, Any] = answer.json()
    return found


def hold(client: Client, amount: int, ttl: int = 60) -> dict[str, Any]:
    wanted = {"amount": amount, "ttlSeconds": ttl}
    answer = client.post("/tokens/holds", wanted, unique("key"))
    assert answer.status_code == 201, answer.text
    found: dict[str, Any] = answer.json()
    return found


@pytest.fixture
def account(key_client: Callable[[str], Client]) -> tuple[Client, str]:
    """The administrator, and an account of the tier pro that was opened for somebody."""
    admin, name = key_client("admin"), unique("account")
    answer = admin.post("/billing/accounts", {"accountId": name, "tier": "pro"})
    assert answer.status_code == 201, answer.text
    return admin, name


def test_a_hold_is_settled_once_and_the_rest_released(newcomer: Client) -> None:
    held = hold(newcomer, 40)
    assert (held["balance"]["heldTokens"], held["balance"]["totalAvailable"]) == (40, 60)
    path = f"/tokens/holds/{held['holdId']}"
    settled = newcomer.post(f"{path}/settle", {"amount": 25})
    assert settled.status_code == 200
    assert (settled.json()["amount"], settled.json()["released"]) == (25, 15)
    assert settled.json()["balance"]["totalAvailable"] == 75
    assert newcomer.post(f"{path}/settle", {"amount": 25}).status_code == 409
    assert newcomer.delete(path).status_code == 409


def test_a_voided_hold_gives_everything_back(newcomer: Client) -> None:
    held = hold(newcomer, 40)
    voided = newcomer.delete(f"/tokens/holds/{held['holdId']}")
    assert (voided.status_code, voided.json()["released"]) == (200, 40)
    assert voided.json()["balance"]["totalAvailable"] == 100


def test_a_refund_undoes_a_deduction_once(newcomer: Client) -> None:
    spent, key = deduct(newcomer, 30), unique("key")
    path = f"/tokens/transactions/{spent['transactionId']}/refund"
    first = newcomer.post(path, {"reason": "it failed"}, key)
    again = newcomer.post(path, {"reason": "it failed"}, key)
    assert (first.status_code, first.json()) == (201, again.json())
    assert again.headers["Idempotent-Replayed"] == "true"
    assert first.json()["balance"]["totalAvailable"] == 100
    assert newcomer.post(path, {"reason": "once more"}, unique("key")).status_code == 409


def test_somebody_elses_rows_and_holds_are_not_there(
    newcomer: Client, user_client: Callable[..., Client]
) -> None:
    spent, held = deduct(newcomer, 1), hold(newcomer, 1)
    other = user_client("refugio", "owner")
    refund = f"/tokens/transactions/{spent['transactionId']}/refund"
    assert other.post(refund, {"reason": "mine"}, unique("key")).status_code == 404
    assert other.delete(f"/tokens/holds/{held['holdId']}").status_code == 404
    missing = f"/tokens/holds/nothing.{held['balance']['accountId']}"
    assert newcomer.delete(missing).status_code == 404


def test_rows_are_listed_newest_first_and_usage_is_summed(newcomer: Client) -> None:
    for amount, task in ((1, "chat"), (2, "chat"), (3, "image")):
        deduct(newcomer, amount, taskType=task)
    first = newcomer.get("/tokens/transactions?limit=2").json()
    rest = newcomer.get(f"/tokens/transactions?limit=2&cursor={first['nextCursor']}").json()
    rows = first["items"] + rest["items"]
    assert [row["amount"] for row in rows] == [3, 2, 1]
    assert [row["seq"] for row in rows] == [3, 2, 1]
    assert rest["nextCursor"] is None
    usage = newcomer.get("/tokens/usage?groupBy=taskType").json()
    assert usage["total"] == 6
    assert {item["key"]: item["amount"] for item in usage["items"]} == {"chat": 3, "image": 3}


def test_a_larger_plan_starts_at_once_and_a_smaller_one_later(
    account: tuple[Client, str],
) -> None:
    admin, name = account
    path = f"/billing/accounts/{name}/plan"
    larger = admin.put(path, {"tier": "business"}).json()
    assert (larger["tier"], larger["includedTokens"]) == ("business", 100_000)
    smaller = admin.put(path, {"tier": "free"}).json()
    assert (smaller["tier"], smaller["includedTokens"]) == ("business", 100_000)
    assert admin.put(path, {"tier": "nothing"}).status_code == 422


def test_limits_decide_what_may_be_owed(account: tuple[Client, str]) -> None:
    admin, name = account
    limits = f"/billing/accounts/{name}/limits"
    assert admin.put(limits, {"overage": "cap", "cap": 5}).status_code == 200
    spent = admin.post("/tokens/deduct", {"amount": 10_005, "account": name}, unique("key"))
    assert spent.json()["balance"]["debt"] == 5
    more = admin.post("/tokens/deduct", {"amount": 1, "account": name}, unique("key"))
    assert (more.status_code, more.json()["scope"]) == (402, "overage_cap")


def test_only_the_platform_manages_accounts(
    user_client: Callable[..., Client], account: tuple[Client, str]
) -> None:
    owner = user_client("refugio", "owner")
    assert owner.post("/billing/accounts", {"accountId": "x", "tier": "pro"}).status_code == 403
    assert owner.put(f"/billing/accounts/{account[1]}/plan", {"tier": "pro"}).status_code == 403
    admin, name = account
    again = admin.post("/billing/accounts", {"accountId": name, "tier": "pro"})
    assert again.status_code == 409


@pytest.mark.parametrize(
    "body",
    [
        {"tier": "pro"},
        {"accountId": "x", "tier": "nothing"},
        {"accountId": "x", "tier": "pro", "timeZone": "Mars/Olympus"},
        {"accountId": "x", "tier": "pro", "subscriptionStartDate": "3000-01-01T00:00:00Z"},
        {"accountId": "../x", "tier": "pro"},
    ],
)
def test_an_account_that_makes_no_sense_is_refused(
    key_client: Callable[[str], Client], body: dict[str, Any]
) -> None:
    assert key_client("admin").post("/billing/accounts", body).status_code == 422


def test_an_account_opened_with_an_old_start_keeps_its_day(
    key_client: Callable[[str], Client],
) -> None:
    body = {
        "accountId": unique("account"),
        "tier": "free",
        "timeZone": "America/Los_Angeles",
        "subscriptionStartDate": "2024-02-01T04:00:00Z",
    }
    found = key_client("admin").post("/billing/accounts", body).json()
    assert found["subscriptionStartDate"] == "2024-02-01T04:00:00Z"
    assert found["timeZone"] == "America/Los_Angeles"
    assert found["billingCycleStartDate"] < found["nextRefreshDate"]
