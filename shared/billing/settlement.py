"""What money does to accounts: it is credited, taken back, or parked.

Whatever is heard, and in whichever order, the same is done: the payment is looked up as it is by
now, its tokens are credited, and what went back since is taken back. Each of these happens once,
so that webhooks may come early, late, twice and at the same time.
"""

from collections.abc import Mapping
from contextlib import suppress
from functools import partial

from shared.billing import rules
from shared.billing.documents import Malformed
from shared.billing.external import EXTERNAL, ExternalPurchases
from shared.billing.parking import IGNORED, PARKED, REPEATED, SETTLED, UNPAID, Parking
from shared.billing.purchases import Move, Payment, Payments, Purchase
from shared.billing.store import Notices, Purchases, Seen
from shared.kernel.clock import Clock
from shared.kernel.errors import Conflict, NotFound
from shared.kernel.payments import Package
from shared.platform.persistence import persistently
from shared.tokens import commands
from shared.tokens.service import Tokens


class Settlement:
    """Returns what became of the money; a failure that may pass is raised, to come again."""

    def __init__(
        self,
        payments: Payments,
        purchases: Purchases,
        notices: Notices,
        parking: Parking,
        tokens: Tokens,
        external: ExternalPurchases,
        packages: Mapping[str, Package],
        clock: Clock,
    ) -> None:
        self._payments = payments
        self._purchases = purchases
        self._notices = notices
        self._parking = parking
        self._tokens = tokens
        self._external = external
        self._packages = packages
        self._clock = clock

    def receive(self, body: bytes, signature: str) -> str:
        """Raises InvalidRequest for what the money's taker did not sign, or not lately."""
        notice = self._payments.notice(body, signature)
        if notice.payment_id is None:
            return IGNORED
        if not self._notices.take(notice, self._clock()):
            return REPEATED
        outcome = self.settle(notice.payment_id)
        self._notices.close(notice, outcome)
        return outcome

    def replay(self, name: str) -> str:
        """Try again what is parked; raises NotFound for anything else."""
        if not self._parking.waits(name):
            raise NotFound(reason="not_parked")
        external = name.startswith(EXTERNAL)
        outcome = self._external.retry(name) if external else self.settle(name)
        if outcome != PARKED:
            self._parking.resolve(name)
        return outcome

    def settle(self, payment_id: str) -> str:
        """Bring purchase and account to where the payment is."""
        payment = self._payments.payment(payment_id)
        if payment is None:
            return self._parking.park(payment_id, "unknown_payment")
        if not payment.paid:
            return UNPAID
        return persistently(partial(self._settled, payment))

    def _settled(self, payment: Payment) -> str:
        seen = self._seen(payment)
        cause = rules.refusal(seen.purchase if seen else None, payment, self._packages)
        if seen is None or cause:
            return self._parking.park(payment.payment_id, cause or "unknown_purchase")
        # Asked after the purchase was read, so that no older answer can be saved over a newer.
        reversals = self._payments.reversals(payment.payment_id)
        claimed = rules.claimed(seen.purchase, payment, reversals)
        if claimed.settled:
            return SETTLED
        update_time = self._purchases.save(claimed, seen.update_time)
        try:
            self._book(claimed, payment.payment_id)
        except NotFound:
            return self._parking.park(payment.payment_id, "unknown_account")
        except Conflict:
            return self._parking.park(payment.payment_id, "account_under_review")
        self._purchases.save(rules.settled(claimed, reversals), update_time)
        return SETTLED

    def _seen(self, payment: Payment) -> Seen | None:
        with suppress(Malformed):
            return self._purchases.look(payment.purchase_id) if payment.purchase_id else None
        return None

    def _book(self, purchase: Purchase, payment_id: str) -> None:
        """All that the money means, each of it once."""
        metadata = {"purchaseId": purchase.purchase_id}
        self._credit(purchase, payment_id, purchase.amount, metadata)
        for name, move in rules.named(purchase.moves):
            if move.tokens > 0:
                self._take_back(purchase, payment_id, name, move)
            elif move.tokens < 0:
                self._credit(purchase, name, -move.tokens, metadata)

    def _credit(
        self, purchase: Purchase, payment: str, amount: int, metadata: Mapping[str, str]
    ) -> None:
        command = commands.Purchase(payment, amount, metadata)
        self._tokens.execute(purchase.account_id, f"purchase:{payment}", command)

    def _take_back(self, purchase: Purchase, payment_id: str, name: str, move: Move) -> None:
        command = commands.TakeBack(name, payment_id, move.tokens)
        self._tokens.execute(purchase.account_id, f"reversal:{name}", command)
