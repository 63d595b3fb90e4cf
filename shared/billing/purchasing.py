"""Use cases of a buyer: begin a purchase, look at it."""

from collections.abc import Mapping
from contextlib import suppress
from dataclasses import replace

from shared.billing.documents import Malformed
from shared.billing.purchases import CHECKOUT, Begun, Order, Payments, Purchase
from shared.billing.store import Purchases, Seen
from shared.kernel.clock import Clock
from shared.kernel.errors import (
    DependencyUnavailable,
    FieldError,
    IdempotencyKeyReused,
    NotFound,
    ValidationFailed,
)
from shared.kernel.ids import derived_id
from shared.kernel.payments import Package
from shared.platform.firestore import ChangedMeanwhile

ATTEMPTS = 8


class Purchasing:
    """Sells packages: each order once, however often it is sent."""

    def __init__(
        self,
        purchases: Purchases,
        payments: Payments,
        packages: Mapping[str, Package],
        clock: Clock,
    ) -> None:
        self._purchases = purchases
        self._payments = payments
        self._packages = packages
        self._clock = clock

    def begin(self, order: Order) -> Begun:
        """Raises IdempotencyKeyReused, ValidationFailed for a package that is not sold."""
        purchase_id = derived_id("purchase", order.account_id, order.key)
        for _ in range(ATTEMPTS):
            seen = self._purchases.look(purchase_id)
            # A webhook, or the same order elsewhere, may be faster: look again.
            with suppress(ChangedMeanwhile):
                if seen is None:
                    self._purchases.add(self._new(purchase_id, order))
                elif seen.purchase.fingerprint != derived_id(order.package_id):
                    raise IdempotencyKeyReused(reason="fingerprint")
                elif seen.purchase.checkout_url:
                    return Begun(seen.purchase, replay=True)
                else:
                    return Begun(self._with_checkout(seen), replay=False)
        raise DependencyUnavailable(reason="contention")

    def get(self, purchase_id: str) -> Purchase:
        with suppress(Malformed):
            if seen := self._purchases.look(purchase_id):
                return seen.purchase
        raise NotFound(reason="purchase")

    def _with_checkout(self, seen: Seen) -> Purchase:
        """Only whoever writes the checkout down first is the first to answer with it."""
        checkout = self._payments.open_checkout(seen.purchase)
        purchase = replace(seen.purchase, session_id=checkout.session_id, checkout_url=checkout.url)
        self._purchases.save(purchase, seen.update_time)
        return purchase

    def _new(self, purchase_id: str, order: Order) -> Purchase:
        package = self._packages.get(order.package_id)
        if package is None:
            raise ValidationFailed([FieldError("/packageId", "unknown_package")])
        return Purchase(
            purchase_id=purchase_id,
            account_id=order.account_id,
            amount=package.tokens,
            price=package.price,
            currency=package.currency,
            at=self._clock(),
            user_id=order.user_id,
            organization_id=order.organization_id,
            source=CHECKOUT,
            package_id=order.package_id,
            fingerprint=derived_id(order.package_id),
        )
