"""Accounts as they are stored."""

from datetime import timedelta

from shared.tokens.documents import account as stored_account
from shared.tokens.documents import account_document
from tests.builders import NEW_YEAR, account


def test_an_account_comes_back_from_its_document_as_it_was() -> None:
    held = account(included_used=7, purchased=3, total_used=12, time_zone="Europe/Paris")
    assert stored_account("a", account_document(held)) == held


def test_an_account_that_another_product_wrote_is_adopted() -> None:
    foreign = {
        "userId": "a",
        "includedTokens": 100,
        "purchasedTokens": 40,
        "totalUsedTokens": 130,
        "subscriptionStartDate": NEW_YEAR,
        "billingCycleStartDate": NEW_YEAR + timedelta(days=31),
        "nextRefreshDate": NEW_YEAR + timedelta(days=59),
        "lastRefreshDate": None,
    }
    adopted = stored_account("a", foreign)
    assert (adopted.available_base, adopted.purchased, adopted.cycle) == (0, 40, 1)
    assert adopted.last_refresh == adopted.cycle_start
