"""Money that arrives and goes back: the account is right whatever is heard of it, and when."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from typing import Any

import pytest

from scripts.suite.standin.till import Till
from shared.billing.shop import Shop
from shared.kernel.errors import DependencyUnavailable, NotFound
from shared.kernel.payments import Package
from shared.tokens.commands import Deduct, Park
from shared.wiring import Wiring
from tests.emulator.billing.conftest import PRICE, TOKENS, begun, now, paid, stored, told
from tests.emulator.counters import Counter, about

Selling = Callable[..., Shop]
FREE = 100


def spend(wiring: Wiring, account_id: str, amount: int) -> None:
    operation = Deduct(f"spend {amount}", amount)
    wiring.tokens.execute(account_id, operation.operation, operation)


def test_paid_tokens_are_there_once_all_was_told(
    shop: Shop, till: Till, wiring: Wiring, account_id: str
) -> None:
    purchase, payment = paid(shop, till, account_id)
    outcomes = [told(shop, event) for event in about(till, payment)]
    assert outcomes == ["settled", "settled"]
    assert now(wiring, account_id).available == FREE + TOKENS
    found = shop.purchasing.get(purchase.purchase_id)
    assert (found.processed, found.status, found.payment_id) == (True, "paid", payment)


def test_an_event_that_was_told_is_not_asked_about_again(
    shop: Shop, till: Till, account_id: str, selling: Selling, standin: Counter
) -> None:
    _, payment = paid(shop, till, account_id)
    event = about(till, payment)[0]
    assert told(shop, event) == "settled"
    down = selling(stripe=replace(standin.settings, api_base="http://127.0.0.1:1"))
    assert told(down, event) == "repeated"


def test_the_account_knows_what_it_paid_for(
    shop: Shop, till: Till, wiring: Wiring, account_id: str
) -> None:
    purchase, payment = paid(shop, till, account_id)
    shop.settlement.settle(payment)
    rows = wiring.history.rows(account_id, "purchase", span=_always(), limit=10, cursor=None).items
    assert [row.amount for row in rows] == [TOKENS]
    assert rows[0].metadata == {"purchaseId": purchase.purchase_id}


def test_money_that_arrives_later_is_credited_then(
    shop: Shop, till: Till, wiring: Wiring, account_id: str
) -> None:
    purchase, payment = paid(shop, till, account_id, delayed=True)
    assert [told(shop, event) for event in about(till, payment)] == ["unpaid"]
    assert not shop.purchasing.get(purchase.purchase_id).processed
    till.arrive(payment)
    assert [told(shop, event) for event in about(till, payment)] == ["repeated", *["settled"] * 2]
    assert now(wiring, account_id).available == FREE + TOKENS


def test_eight_instances_at_once_credit_once(
    selling: Selling, till: Till, wiring: Wiring, account_id: str
) -> None:
    _, payment = paid(selling(), till, account_id)
    till.refund(payment, 99)
    with ThreadPoolExecutor(8) as pool:
        outcomes = list(
            pool.map(lambda shop: shop.settlement.settle(payment), [selling() for _ in range(8)])
        )
    assert set(outcomes) == {"settled"}
    assert now(wiring, account_id).available == FREE + TOKENS - 100


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


WRONG: list[dict[str, Any]] = [{"currency": "usd"}, {"amount": PRICE - 1}, {"amount": PRICE + 1}]


@pytest.mark.parametrize("other", WRONG)
def test_other_money_credits_nothing_and_is_parked(
    shop: Shop, till: Till, wiring: Wiring, account_id: str, other: dict[str, Any]
) -> None:
    purchase, payment = paid(shop, till, account_id, **other)
    assert {told(shop, event) for event in about(till, payment)} == {"parked"}
    assert now(wiring, account_id).available == FREE
    assert not shop.purchasing.get(purchase.purchase_id).processed
    cause = "wrong_currency" if "currency" in other else "wrong_amount"
    assert (stored(wiring, "webhook_parked", payment) or {})["cause"] == cause


def test_a_package_that_is_gone_is_parked_until_it_is_back(
    selling: Selling, till: Till, wiring: Wiring, account_id: str
) -> None:
    _, payment = paid(selling(), till, account_id)
    without = selling(packages={"other": Package(1, 1, "usd")})
    assert {told(without, event) for event in about(till, payment)} == {"parked"}
    assert without.settlement.replay(payment) == "parked"
    assert now(wiring, account_id).available == FREE
    assert selling().settlement.replay(payment) == "settled"
    assert now(wiring, account_id).available == FREE + TOKENS


def test_an_unknown_account_is_parked_until_it_is_there(
    shop: Shop, till: Till, wiring: Wiring
) -> None:
    nobody = f"org_{wiring.clock().timestamp()}"
    purchase, payment = paid(shop, till, nobody)
    assert {told(shop, event) for event in about(till, payment)} == {"parked"}
    assert (stored(wiring, "webhook_parked", payment) or {})["cause"] == "unknown_account"
    assert not shop.purchasing.get(purchase.purchase_id).processed
    wiring.tokens.balance(nobody, wiring.tokens.free(lambda _: None))
    assert shop.settlement.replay(payment) == "settled"
    assert now(wiring, nobody).available == FREE + TOKENS
    with pytest.raises(NotFound):
        shop.settlement.replay(payment)


def test_money_for_an_account_under_review_waits_for_it(
    shop: Shop, till: Till, wiring: Wiring, account_id: str
) -> None:
    _, payment = paid(shop, till, account_id)
    wiring.tokens.execute(account_id, "park", Park("park", "somebody looks at it"))
    assert {told(shop, event) for event in about(till, payment)} == {"parked"}
    assert (stored(wiring, "webhook_parked", payment) or {})["cause"] == "account_under_review"
    wiring.reconciler.unpark(account_id, "looked at", "ana")
    assert shop.settlement.replay(payment) == "settled"
    assert now(wiring, account_id).available == FREE + TOKENS


def test_an_unknown_purchase_is_parked(
    shop: Shop, till: Till, wiring: Wiring, account_id: str
) -> None:
    purchase, payment = paid(shop, till, account_id)
    wiring.hub.collection("token_purchases").document(purchase.purchase_id).delete()
    assert {told(shop, event) for event in about(till, payment)} == {"parked"}
    assert (stored(wiring, "webhook_parked", payment) or {})["cause"] == "unknown_purchase"


def test_a_payment_that_stripe_does_not_know_is_parked(shop: Shop) -> None:
    assert shop.settlement.settle("pi_unheard_of") == "parked"


def test_a_second_payment_for_one_purchase_is_parked(
    shop: Shop, till: Till, wiring: Wiring, account_id: str
) -> None:
    purchase, payment = paid(shop, till, account_id)
    assert shop.settlement.settle(payment) == "settled"
    session = till.find(purchase.session_id or "")
    again = till.pay(till.open_session(_like(session))["id"])
    assert shop.settlement.settle(again["id"]) == "parked"
    assert now(wiring, account_id).available == FREE + TOKENS


def test_what_is_not_parked_is_not_replayed(shop: Shop) -> None:
    with pytest.raises(NotFound):
        shop.settlement.replay("pi_never_seen")


def test_while_stripe_is_down_nothing_is_lost(
    selling: Selling, standin: Counter, till: Till, wiring: Wiring, account_id: str
) -> None:
    _, payment = paid(selling(), till, account_id)
    event = about(till, payment)[0]
    down = selling(stripe=replace(standin.settings, api_base="http://127.0.0.1:1"))
    with pytest.raises(DependencyUnavailable):
        told(down, event)
    assert told(selling(), event) == "settled"
    assert now(wiring, account_id).available == FREE + TOKENS


def test_an_unpaid_checkout_is_credited_by_nobody(
    shop: Shop, wiring: Wiring, account_id: str
) -> None:
    purchase = begun(shop, account_id).purchase
    row = stored(wiring, "token_purchases", purchase.purchase_id) or {}
    assert shop.external.process(purchase.purchase_id, row) == "ignored"
    assert now(wiring, account_id).available == FREE


def _like(session: dict[str, Any]) -> dict[str, Any]:
    """What a checkout of the same purchase would have been opened with."""
    price = {"unit_amount": session["amount_total"], "currency": session["currency"]}
    return {
        "mode": "payment",
        "line_items": {"0": {"price_data": price}},
        "success_url": session["success_url"],
        "payment_intent_data": {"metadata": session["payment_metadata"]},
    }


def _always() -> Any:
    from shared.tokens.history import Span

    return Span(None, None)
