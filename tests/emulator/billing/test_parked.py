"""Money that nobody can credit is parked until somebody can."""

from collections.abc import Callable
from typing import Any

import pytest

from scripts.suite.standin.till import Till
from shared.billing.shop import Shop
from shared.kernel.errors import NotFound
from shared.kernel.payments import Package
from shared.tokens.commands import Park
from shared.wiring import Wiring
from tests.emulator.billing.conftest import PRICE, TOKENS, now, paid, stored, told
from tests.emulator.counters import about

Selling = Callable[..., Shop]
FREE = 100
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


def _like(session: dict[str, Any]) -> dict[str, Any]:
    """What a checkout of the same purchase would have been opened with."""
    price = {"unit_amount": session["amount_total"], "currency": session["currency"]}
    return {
        "mode": "payment",
        "line_items": {"0": {"price_data": price}},
        "success_url": session["success_url"],
        "payment_intent_data": {"metadata": session["payment_metadata"]},
    }
