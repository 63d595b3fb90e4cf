"""Money that arrives: the account is right whatever is heard of it, and when."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from typing import Any

import pytest

from scripts.suite.standin.till import Till
from shared.billing.shop import Shop
from shared.kernel.errors import DependencyUnavailable
from shared.wiring import Wiring
from tests.emulator.billing.conftest import TOKENS, begun, now, paid, stored, told
from tests.emulator.counters import Counter, about

Selling = Callable[..., Shop]
FREE = 100


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


def _always() -> Any:
    from shared.tokens.history import Span

    return Span(None, None)
