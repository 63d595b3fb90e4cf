"""Buying, with somebody in this process who takes the money."""

from functools import partial
from uuid import uuid4

from scripts.suite.scale.scene import Act, Counted, Scene
from shared.billing.purchases import Checkout, Notice, Order, Payment, Purchase, Reversal


class _Till:
    """Everything that is begun is paid."""

    def __init__(self, purchase: Purchase | None = None) -> None:
        self._purchase = purchase

    def open_checkout(self, purchase: Purchase) -> Checkout:
        return Checkout(f"cs_{uuid4().hex}", f"https://checkout.example/{uuid4().hex}")

    def payment(self, payment_id: str) -> Payment:
        assert self._purchase
        price, currency = self._purchase.price or 0, self._purchase.currency or ""
        return Payment(payment_id, self._purchase.purchase_id, True, price, currency)

    def reversals(self, payment_id: str) -> list[Reversal]:
        return []

    def notice(self, body: bytes, signature: str) -> Notice:
        return Notice(f"evt_{uuid4().hex}", "payment_intent.succeeded", f"pi_{uuid4().hex}")


def a_purchase(scene: Scene) -> Act:
    wiring = _with(scene, _Till())
    return partial(wiring.shop.purchasing.begin, _order(scene))


def a_webhook(scene: Scene) -> Act:
    begun = _with(scene, _Till()).shop.purchasing.begin(_order(scene))
    return partial(_with(scene, _Till(begun.purchase)).shop.settlement.receive, b"", "")


def _order(scene: Scene) -> Order:
    account_id = scene.account()
    return Order(account_id, account_id, None, "small", uuid4().hex)


def _with(scene: Scene, till: _Till) -> Counted:
    wiring = scene.instance()
    wiring.shop.payments = till
    return wiring
