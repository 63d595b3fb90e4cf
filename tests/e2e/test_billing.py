"""The schedule through the suite: due accounts, over Pub/Sub, each refreshed once."""

from collections.abc import Callable
from datetime import timedelta
from functools import partial
from typing import Any

from google.cloud.firestore_v1.base_query import FieldFilter

from scripts.suite.tick import tick
from shared.tokens.commands import Deduct
from shared.tokens.periods import open_account
from shared.tokens.rules import apply
from shared.wiring import Wiring
from tests.builders import unique
from tests.e2e.conftest import Client, eventually


def test_three_ticks_refresh_a_due_account_once_and_announce_it(
    wiring: Wiring, key_client: Callable[[str], Client]
) -> None:
    account_id = _due_account(wiring)
    for _ in range(3):
        assert tick(["refresh_billing_cycles"]) == 0
    after = eventually(partial(_refreshed, wiring, account_id))
    assert (after["includedTokens"], after["totalUsedTokens"]) == (100, 0)
    assert after["purchasedTokens"] == 40
    found = eventually(partial(_announcement, key_client("admin"), account_id))
    assert found["payload"]["remainingTokens"] == 140
    assert _row_types(wiring, account_id) == ["refresh"]


def _due_account(wiring: Wiring) -> str:
    start = wiring.clock() - timedelta(days=40)
    fresh = open_account(unique("due"), "free", wiring.policy, start, start)
    used = apply(fresh, Deduct("before", 90), wiring.policy, start).account
    wiring.tokens.open(used)
    _document(wiring, used.account_id).update({"purchasedTokens": 40})
    return used.account_id


def _refreshed(wiring: Wiring, account_id: str) -> dict[str, Any] | None:
    found: dict[str, Any] = _document(wiring, account_id).get().to_dict()
    return found if found["nextRefreshDate"] > wiring.clock() else None


def _row_types(wiring: Wiring, account_id: str) -> list[str]:
    mine = FieldFilter("accountId", "==", account_id)
    found = wiring.hub.collection("token_transactions").where(filter=mine).get()
    return [snapshot.get("type") for snapshot in found]


def _announcement(client: Client, account_id: str) -> dict[str, Any] | None:
    path, cursor = "/ecosystem/events?types=billing_cycle_refreshed", ""
    while True:
        page = client.get(path + cursor).json()
        found = [event for event in page["items"] if event["subject"] == account_id]
        if found or not page["nextCursor"]:
            return found[0] if found else None
        cursor = f"&cursor={page['nextCursor']}"


def _document(wiring: Wiring, account_id: str) -> Any:
    return wiring.hub.collection("token_balances").document(account_id)
