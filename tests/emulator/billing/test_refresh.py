"""Refreshing due accounts: each once, whoever comes first and however often."""

from datetime import datetime, timedelta
from typing import Any

import pytest
from google.cloud.firestore_v1.base_query import FieldFilter

from shared.billing import service
from shared.billing.models import DuePage
from shared.billing.service import Billing
from shared.billing.store import DueAccounts
from shared.tokens.commands import Deduct
from shared.tokens.models import Account
from shared.tokens.periods import open_account
from shared.tokens.rules import apply
from shared.wiring import Wiring
from tests.builders import unique
from tests.emulator.conftest import SetClock

# Far from every other test's accounts, so that only ours are due.
START = datetime.fromisoformat("1990-01-01T00:00:00Z")
DUE = START + timedelta(days=33)


def used_account(wiring: Wiring) -> Account:
    """An account of 1990 that spent 60 tokens, 10 of them bought, and has 40 bought ones left."""
    fresh = open_account(unique("due"), "free", wiring.policy, START, START)
    account = apply(fresh, Deduct("before", 60), wiring.policy, START).account
    wiring.tokens.open(account)
    document = wiring.hub.collection("token_balances").document(account.account_id)
    document.update({"purchasedTokens": 40})
    return account


def stored(wiring: Wiring, account: Account) -> dict[str, Any]:
    snapshot = wiring.hub.collection("token_balances").document(account.account_id).get()
    return snapshot.to_dict() or {}


def rows(wiring: Wiring, account: Account) -> list[dict[str, Any]]:
    ledger = wiring.hub.collection("token_transactions")
    found = ledger.where(filter=FieldFilter("accountId", "==", account.account_id)).get()
    return [snapshot.to_dict() or {} for snapshot in found]


@pytest.fixture
def published() -> list[DuePage]:
    return []


@pytest.fixture
def billing(wiring: Wiring, published: list[DuePage]) -> Billing:
    def publish(data: bytes) -> None:
        published.append(DuePage.model_validate_json(data))

    return Billing(DueAccounts(wiring.hub), wiring.renewal, publish, wiring.clock)


def test_a_page_delivered_twice_refreshes_each_account_once(
    wiring: Wiring, clock: SetClock, billing: Billing
) -> None:
    accounts = [used_account(wiring) for _ in range(3)]
    clock.moment = DUE
    page = DuePage(account_ids=tuple(account.account_id for account in accounts))
    assert billing.refresh_page(page) == (3, 0, [])
    assert billing.refresh_page(page) == (0, 3, [])
    for account in accounts:
        assert [row["type"] for row in rows(wiring, account)] == ["refresh"]


def test_included_tokens_are_restored_and_purchased_ones_kept(
    wiring: Wiring, clock: SetClock, billing: Billing
) -> None:
    account = used_account(wiring)
    clock.moment = DUE
    billing.refresh_page(DuePage(account_ids=(account.account_id,)))
    after = stored(wiring, account)
    assert (after["includedTokens"], after["totalUsedTokens"]) == (100, 0)
    assert after["purchasedTokens"] == 40
    assert after["nextRefreshDate"] == datetime.fromisoformat("1990-03-01T00:00:00Z")


def test_a_balance_is_right_even_when_the_schedule_never_ran(
    wiring: Wiring, clock: SetClock
) -> None:
    account = used_account(wiring)
    clock.moment = DUE
    found = wiring.tokens.balance(account.account_id, wiring.tokens.free(lambda _: None))
    assert (found.base, found.extra, found.total_used) == (100, 40, 0)
    assert stored(wiring, account)["totalUsedTokens"] == 60


def test_every_due_account_is_published_and_no_other(
    wiring: Wiring, clock: SetClock, billing: Billing, published: list[DuePage]
) -> None:
    due = {used_account(wiring).account_id for _ in range(3)}
    clock.moment = START + timedelta(days=2)
    assert billing.publish_due() == 0
    clock.moment = DUE
    billing.publish_due()
    assert due <= {account_id for page in published for account_id in page.account_ids}
    billing.refresh_page(published[0])
    published.clear()
    assert billing.publish_due() == 0


def test_a_broken_account_does_not_keep_the_others_waiting(
    wiring: Wiring, clock: SetClock, billing: Billing
) -> None:
    account, broken = used_account(wiring), unique("broken")
    wiring.hub.collection("token_balances").document(broken).set({"includedTokens": "many"})
    clock.moment = DUE
    page = DuePage(account_ids=(broken, account.account_id, unique("gone")))
    assert billing.refresh_page(page) == (1, 1, [broken])


@pytest.mark.parametrize(
    "odd",
    [
        {"includedTokens": 0, "includedUsedTokens": 0, "purchasedTokens": 2**53 - 2},
        {"timeZone": "Nowhere/Land"},
        {"lots": [{"id": "a", "kind": "promo", "left": 1, "priority": 30, "expiresAt": "later"}]},
    ],
)
def test_one_that_cannot_be_refreshed_does_not_keep_the_others_waiting(
    wiring: Wiring, clock: SetClock, billing: Billing, odd: dict[str, Any]
) -> None:
    account, broken = used_account(wiring), used_account(wiring).account_id
    document = wiring.hub.document(f"token_balances/{broken}")
    document.update(odd)
    clock.moment = DUE
    page = DuePage(account_ids=(broken, account.account_id))
    try:
        assert billing.refresh_page(page) == (1, 0, [broken])
    finally:
        document.delete()  # it would be due in other tests for ever


def test_the_parts_of_a_page_add_up(
    wiring: Wiring, clock: SetClock, billing: Billing, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(service, "A_COMMIT", 2)
    accounts, broken = [used_account(wiring) for _ in range(5)], unique("broken")
    wiring.hub.collection("token_balances").document(broken).set({"includedTokens": "many"})
    clock.moment = DUE
    names = [account.account_id for account in accounts]
    page = DuePage(account_ids=(*names, broken, unique("gone")))
    assert billing.refresh_page(page) == (5, 1, [broken])
    assert billing.refresh_page(page) == (0, 6, [broken])
    assert billing.refresh_page(DuePage(account_ids=())) == (0, 0, [])


def test_what_is_empty_by_now_leaves_the_stored_account(
    wiring: Wiring, clock: SetClock, billing: Billing
) -> None:
    account = used_account(wiring)
    assert stored(wiring, account)["usage"]
    reference = wiring.hub.collection("token_balances").document(account.account_id)
    reference.update({"fired": ["percent:10"], "theirs": []})
    clock.moment = DUE
    billing.refresh_page(DuePage(account_ids=(account.account_id,)))
    after = stored(wiring, account)
    assert "fired" not in after
    assert after["theirs"] == []


def test_pages_follow_each_other_without_gap_or_repeat(wiring: Wiring) -> None:
    mine = {used_account(wiring).account_id for _ in range(5)}
    pages = list(DueAccounts(wiring.hub).pages(DUE, size=2))
    found = [account_id for page in pages for account_id in page]
    assert mine <= set(found)
    assert len(found) == len(set(found))
    assert all(len(page) <= 2 for page in pages)
