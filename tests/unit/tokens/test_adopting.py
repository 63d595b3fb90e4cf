"""Accounts that another product wrote: adopted as they are."""

from datetime import timedelta

from shared.tokens.documents import account as stored_account
from shared.tokens.documents import account_document
from tests.builders import NEW_YEAR, account, deduction, without
from tests.unit.tokens.steps import FEBRUARY, FOREIGN, after, gift, hold, lefts


def test_an_account_that_another_product_wrote_is_adopted() -> None:
    adopted = stored_account("a", FOREIGN)
    assert (adopted.base, adopted.extra, adopted.total_used, adopted.period.n) == (0, 40, 130, 1)
    assert (adopted.seq, adopted.head, adopted.tier) == (0, "", "free")
    assert adopted.period.end == NEW_YEAR + timedelta(days=59)


def test_what_another_product_used_comes_from_the_included_tokens_first() -> None:
    adopted = stored_account("a", FOREIGN | {"totalUsedTokens": 30})
    assert lefts(adopted) == {"included": 70, "purchased": 40}


def test_an_adopted_account_without_an_end_gets_the_one_of_its_cycle() -> None:
    adopted = stored_account("a", without(FOREIGN, "nextRefreshDate"))
    assert adopted.period.end == NEW_YEAR + timedelta(days=59)


def test_an_adopted_account_without_cycles_starts_with_its_subscription() -> None:
    bare = without(without(FOREIGN, "nextRefreshDate"), "billingCycleStartDate")
    adopted = stored_account("a", bare)
    assert (adopted.period.n, adopted.period.end) == (0, FEBRUARY)


def test_purchased_tokens_that_another_product_added_are_there() -> None:
    document = account_document(after(account(purchased=50), hold(130), gift(7)))
    richer = document | {"purchasedTokens": document["purchasedTokens"] + 25}
    assert lefts(stored_account("a", richer)) == {"promo": 7, "purchased": 45}


def test_an_included_allowance_that_another_product_lowered_is_never_negative() -> None:
    document = account_document(after(account(), deduction(60), hold(30)))
    lowered = stored_account("a", document | {"includedTokens": 50})
    assert lowered.base == 0
    assert stored_account("a", account_document(lowered)) == lowered
