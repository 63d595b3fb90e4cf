"""Purchases that another product made and wrote into `token_purchases`: credited once each."""

from shared.auth.models import Caller
from shared.auth.service import Auth
from shared.billing.documents import Malformed, Stored, awaits_credit, purchase
from shared.billing.parking import IGNORED, SETTLED, Parking
from shared.billing.purchases import Purchase
from shared.billing.store import Purchases
from shared.kernel.clock import Clock
from shared.kernel.errors import Conflict, IdempotencyKeyReused, NotFound, SessionRevoked
from shared.tokens import commands
from shared.tokens.access import ORGANIZATION, opening
from shared.tokens.service import Tokens

EXTERNAL = "external:"


class ExternalPurchases:
    """Believes a product that writes a purchase: it took the money, or it would not write."""

    def __init__(
        self, purchases: Purchases, parking: Parking, tokens: Tokens, auth: Auth, clock: Clock
    ) -> None:
        self._purchases = purchases
        self._parking = parking
        self._tokens = tokens
        self._auth = auth
        self._clock = clock

    def process(self, purchase_id: str, row: Stored) -> str:
        """Credit the purchase if it waits for that; what cannot be credited is parked."""
        if not awaits_credit(row):
            return IGNORED
        try:
            self._credit(purchase(purchase_id, row))
        except Malformed as malformed:
            return self._parking.park(f"{EXTERNAL}{purchase_id}", str(malformed))
        except NotFound:
            return self._parking.park(f"{EXTERNAL}{purchase_id}", "unknown_account")
        except Conflict:
            return self._parking.park(f"{EXTERNAL}{purchase_id}", "account_under_review")
        except IdempotencyKeyReused:
            return self._parking.park(f"{EXTERNAL}{purchase_id}", "changed_when_credited")
        return SETTLED

    def retry(self, name: str) -> str:
        """As it is stored by now; one that was deleted is over."""
        purchase_id = name.removeprefix(EXTERNAL)
        row = self._purchases.row(purchase_id)
        return IGNORED if row is None else self.process(purchase_id, row)

    def _credit(self, found: Purchase) -> None:
        name = f"{EXTERNAL}{found.purchase_id}"
        command = commands.Purchase(name, found.amount, {"purchaseId": found.purchase_id})
        try:
            self._tokens.execute(found.account_id, f"purchase:{name}", command)
        except NotFound:
            self._open(found.account_id)
            self._tokens.execute(found.account_id, f"purchase:{name}", command)
        self._purchases.mark_processed(found.purchase_id, self._clock())

    def _open(self, account_id: str) -> None:
        """A user's own account opens by itself; a pool, and nobody's account, do not."""
        if account_id.startswith(ORGANIZATION):
            raise NotFound(reason="no_pool")
        caller = Caller(user_id=account_id)
        try:
            self._auth.profile(caller)
        except SessionRevoked as unknown:
            raise NotFound(reason="no_user") from unknown
        self._tokens.balance(account_id, opening(self._auth, self._tokens, caller))
