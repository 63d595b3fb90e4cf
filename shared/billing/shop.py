"""All that selling takes, put together; each part on first use."""

import functools

from google.cloud import firestore

from shared.auth.service import Auth
from shared.billing.external import ExternalPurchases
from shared.billing.parking import Parking
from shared.billing.purchases import Payments
from shared.billing.purchasing import Purchasing
from shared.billing.settlement import Settlement
from shared.billing.store import Notices, Parked, Purchases
from shared.billing.vendors.stripe import StripePayments
from shared.kernel.clock import Clock
from shared.kernel.settings import Settings
from shared.tokens.service import Tokens


class Shop:
    """Sells packages, settles what is paid, credits what others sold."""

    def __init__(
        self, hub: firestore.Client, settings: Settings, auth: Auth, tokens: Tokens, clock: Clock
    ) -> None:
        self._hub = hub
        self._settings = settings
        self._auth = auth
        self._tokens = tokens
        self._clock = clock
        self._purchases = Purchases(hub)
        self._parking = Parking(Parked(hub), clock)

    @functools.cached_property
    def purchasing(self) -> Purchasing:
        return Purchasing(self._purchases, self.payments, self._settings.packages, self._clock)

    @functools.cached_property
    def external(self) -> ExternalPurchases:
        return ExternalPurchases(
            self._purchases, self._parking, self._tokens, self._auth, self._clock
        )

    @functools.cached_property
    def settlement(self) -> Settlement:
        return Settlement(
            self.payments,
            self._purchases,
            Notices(self._hub),
            self._parking,
            self._tokens,
            self.external,
            self._settings.packages,
            self._clock,
        )

    @functools.cached_property
    def payments(self) -> Payments:
        return StripePayments(self._settings.stripe)
