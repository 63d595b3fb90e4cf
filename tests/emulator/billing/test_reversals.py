"""Money that goes back, and tokens with it: by refunds and disputes, heard of in any order."""

import pytest

from scripts.suite.standin.till import Till
from shared.billing.shop import Shop
from shared.tokens.commands import Deduct
from shared.wiring import Wiring
from tests.emulator.billing.conftest import TOKENS, now, paid, told
from tests.emulator.counters import about

FREE = 100


def spend(wiring: Wiring, account_id: str, amount: int) -> None:
    operation = Deduct(f"spend {amount}", amount)
    wiring.tokens.execute(account_id, operation.operation, operation)


def test_a_refund_that_is_heard_of_first_still_credits_and_takes_back(
    shop: Shop, till: Till, wiring: Wiring, account_id: str
) -> None:
    purchase, payment = paid(shop, till, account_id)
    till.refund(payment)
    refunded = [event for event in about(till, payment) if event["type"] == "charge.refunded"]
    assert told(shop, refunded[0]) == "settled"
    assert now(wiring, account_id).available == FREE
    assert shop.purchasing.get(purchase.purchase_id).status == "refunded"


def test_spent_tokens_that_are_refunded_are_owed_and_repaid_by_the_next_purchase(
    shop: Shop, till: Till, wiring: Wiring, account_id: str
) -> None:
    _, payment = paid(shop, till, account_id)
    shop.settlement.settle(payment)
    spend(wiring, account_id, 900)
    till.refund(payment)
    shop.settlement.settle(payment)
    after = now(wiring, account_id)
    assert (after.available, after.debt) == (0, 800)
    _, again = paid(shop, till, account_id)
    shop.settlement.settle(again)
    after = now(wiring, account_id)
    assert (after.available, after.debt) == (200, 0)


def test_a_dispute_that_is_won_gives_the_tokens_back(
    shop: Shop, till: Till, wiring: Wiring, account_id: str
) -> None:
    purchase, payment = paid(shop, till, account_id)
    dispute = till.dispute(payment)
    shop.settlement.settle(payment)
    assert now(wiring, account_id).available == FREE
    assert shop.purchasing.get(purchase.purchase_id).status == "disputed"
    till.close_dispute(dispute["id"], "won")
    shop.settlement.settle(payment)
    assert now(wiring, account_id).available == FREE + TOKENS
    assert shop.purchasing.get(purchase.purchase_id).status == "paid"


@pytest.mark.parametrize("status", ["warning_needs_response", "warning_closed", "prevented", "won"])
def test_an_inquiry_takes_nothing(
    shop: Shop, till: Till, wiring: Wiring, account_id: str, status: str
) -> None:
    _, payment = paid(shop, till, account_id)
    till.dispute(payment, status=status)
    shop.settlement.settle(payment)
    assert now(wiring, account_id).available == FREE + TOKENS


def test_a_refund_that_fails_later_gives_the_tokens_back(
    shop: Shop, till: Till, wiring: Wiring, account_id: str
) -> None:
    _, payment = paid(shop, till, account_id)
    refund = till.refund(payment, 495, status="pending")
    shop.settlement.settle(payment)
    assert now(wiring, account_id).available == FREE + TOKENS // 2
    till.turn_refund(refund["id"], "failed")
    shop.settlement.settle(payment)
    assert now(wiring, account_id).available == FREE + TOKENS
