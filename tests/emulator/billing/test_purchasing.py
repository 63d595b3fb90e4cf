"""Beginning a purchase: once for each key, whatever happens in between."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

import pytest

from scripts.suite.standin.till import Till
from shared.billing.purchases import Begun
from shared.billing.shop import Shop
from shared.kernel.errors import (
    DependencyUnavailable,
    IdempotencyKeyReused,
    NotFound,
    ValidationFailed,
)
from shared.kernel.payments import Package
from shared.wiring import Wiring
from tests.emulator.billing.conftest import order, stored
from tests.emulator.counters import Counter

Selling = Callable[..., Shop]


def test_a_purchase_is_written_as_every_product_knows_it(
    shop: Shop, account_id: str, wiring: Wiring
) -> None:
    purchase = shop.purchasing.begin(order(account_id)).purchase
    found = stored(wiring, "token_purchases", purchase.purchase_id) or {}
    assert (found["userId"], found["tokenAmount"], found["price"]) == (account_id, 1_000, 990)
    assert (found["currency"], found["paymentMethod"]) == ("eur", "stripe")
    assert (found["isProcessed"], found["status"], found["source"]) == (False, "open", "checkout")
    assert found["purchaseDate"]


def test_its_checkout_asks_for_the_price_of_the_package(
    shop: Shop, account_id: str, till: Till
) -> None:
    purchase = shop.purchasing.begin(order(account_id, "medium")).purchase
    session = till.find(purchase.session_id or "")
    assert (session["amount_total"], session["currency"]) == (7_900, "eur")
    names = {"purchaseId": purchase.purchase_id, "accountId": account_id}
    assert session["metadata"] == session["payment_metadata"] == names
    assert session["success_url"].endswith(f"?purchaseId={purchase.purchase_id}")


def test_the_same_order_is_the_same_purchase(shop: Shop, account_id: str) -> None:
    wanted = order(account_id)
    first, second = shop.purchasing.begin(wanted), shop.purchasing.begin(wanted)
    assert (first.replay, second.replay) == (False, True)
    assert first.purchase == second.purchase


def test_another_order_under_the_same_key_is_refused(shop: Shop, account_id: str) -> None:
    wanted = order(account_id)
    shop.purchasing.begin(wanted)
    with pytest.raises(IdempotencyKeyReused):
        shop.purchasing.begin(wanted._replace(package_id="large"))


def test_keys_are_each_accounts_own(shop: Shop, account_id: str) -> None:
    wanted = order(account_id)
    other = wanted._replace(account_id="org_other")
    one, two = (shop.purchasing.begin(one).purchase for one in (wanted, other))
    assert one.purchase_id != two.purchase_id


def test_of_many_at_once_one_is_the_first(selling: Selling, account_id: str) -> None:
    wanted = order(account_id)

    def begin(shop: Shop) -> Begun:
        return shop.purchasing.begin(wanted)

    with ThreadPoolExecutor(8) as pool:
        found = list(pool.map(begin, [selling() for _ in range(8)]))
    assert [one.replay for one in found].count(False) == 1
    assert len({one.purchase.checkout_url for one in found}) == 1


def test_nothing_is_begun_of_a_package_that_is_not_sold(
    shop: Shop, account_id: str, wiring: Wiring
) -> None:
    with pytest.raises(ValidationFailed) as refused:
        shop.purchasing.begin(order(account_id, "unheard-of"))
    assert refused.value.members["errors"] == [{"pointer": "/packageId", "code": "unknown_package"}]


def test_a_replay_outlives_its_package(selling: Selling, account_id: str) -> None:
    wanted = order(account_id)
    first = selling().purchasing.begin(wanted)
    later = selling(packages={"other": Package(1, 1, "usd")}).purchasing.begin(wanted)
    assert (later.replay, later.purchase) == (True, first.purchase)


def test_what_stripe_could_not_take_is_taken_the_next_time(
    selling: Selling, standin: Counter, account_id: str
) -> None:
    wanted = order(account_id)
    down = selling(stripe=replace(standin.settings, api_base="http://127.0.0.1:1"))
    with pytest.raises(DependencyUnavailable):
        down.purchasing.begin(wanted)
    found = selling().purchasing.begin(wanted)
    assert found.purchase.checkout_url
    assert not found.replay


def test_what_nobody_bought_is_not_found(shop: Shop) -> None:
    with pytest.raises(NotFound):
        shop.purchasing.get("nothing")


def test_another_products_broken_purchase_is_not_found(shop: Shop, wiring: Wiring) -> None:
    wiring.hub.collection("token_purchases").document("broken").set({"isProcessed": True})
    with pytest.raises(NotFound):
        shop.purchasing.get("broken")
