"""Stripe takes the money. Its library loads on first use."""

import functools
import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from shared.billing.purchases import Checkout, Notice, Payment, Purchase, Reversal
from shared.kernel.errors import DependencyUnavailable, InvalidRequest
from shared.kernel.ids import is_safe_id
from shared.kernel.payments import StripeSettings

if TYPE_CHECKING:
    from stripe import StripeClient
    from stripe.params.checkout import SessionCreateParams

TIMEOUT_SECONDS = 10.0
TOLERANCE_SECONDS = 300
NOT_AWAY = {"failed", "canceled", "won", "prevented"}
ABOUT_PAYMENTS = {
    "charge.dispute.closed",
    "charge.dispute.created",
    "charge.dispute.funds_reinstated",
    "charge.dispute.funds_withdrawn",
    "charge.dispute.updated",
    "charge.refund.updated",
    "charge.refunded",
    "checkout.session.async_payment_succeeded",
    "checkout.session.completed",
    "payment_intent.succeeded",
    "refund.created",
    "refund.failed",
    "refund.updated",
}


class StripePayments:
    """Asks Stripe; believes of a webhook only which payment it is about."""

    def __init__(self, settings: StripeSettings) -> None:
        self._settings = settings

    def open_checkout(self, purchase: Purchase) -> Checkout:
        options: Any = {"idempotency_key": purchase.purchase_id}
        with _bounded():
            create = self._client.v1.checkout.sessions.create
            session = create(params=self._session(purchase), options=options)
        return Checkout(session.id, session.url or "")

    def payment(self, payment_id: str) -> Payment | None:
        with _bounded():
            found = _unless_missing(self._client.v1.payment_intents.retrieve, payment_id)
        if found is None:
            return None
        metadata = found.metadata.to_dict() if found.metadata else {}
        named = str(metadata.get("purchaseId", ""))
        purchase_id = named if is_safe_id(named) else None
        paid = found.status == "succeeded"
        return Payment(found.id, purchase_id, paid, found.amount_received, found.currency)

    def reversals(self, payment_id: str) -> list[Reversal]:
        query: Any = {"payment_intent": payment_id, "limit": 100}
        with _bounded():
            refunds = list(self._client.v1.refunds.list(params=query).auto_paging_iter())
            disputes = list(self._client.v1.disputes.list(params=query).auto_paging_iter())
        return [_reversal("refund", one) for one in refunds] + [
            _reversal("dispute", one) for one in disputes
        ]

    def notice(self, body: bytes, signature: str) -> Notice:
        self._verify(body, signature)
        try:
            return _notice(json.loads(body))
        except (AttributeError, KeyError, RecursionError, TypeError, ValueError) as bad:
            raise InvalidRequest("This is not an event.", reason="event") from bad

    def _verify(self, body: bytes, signature: str) -> None:
        from stripe import SignatureVerificationError, WebhookSignature

        secret = self._settings.webhook_secret
        if not secret.strip():
            # An empty secret would verify whatever is signed with an empty key.
            raise DependencyUnavailable(reason="STRIPE_WEBHOOK_SECRET is empty")
        try:
            WebhookSignature.verify_header(body, signature, secret, TOLERANCE_SECONDS)
        except (SignatureVerificationError, TypeError, ValueError) as bad:
            raise InvalidRequest("The signature is not valid.", reason="signature") from bad

    def _session(self, purchase: Purchase) -> "SessionCreateParams":
        metadata = {"purchaseId": purchase.purchase_id, "accountId": purchase.account_id}
        url = self._settings.return_url
        back = f"{url}{'&' if '?' in url else '?'}purchaseId={purchase.purchase_id}"
        return {
            "mode": "payment",
            "client_reference_id": purchase.purchase_id,
            "line_items": [
                {
                    "quantity": 1,
                    "price_data": {
                        "currency": purchase.currency or "",
                        "unit_amount": purchase.price or 0,
                        "product_data": {"name": f"{purchase.amount:,} tokens"},
                    },
                }
            ],
            "metadata": metadata,
            "payment_intent_data": {"metadata": metadata},
            "success_url": back,
            "cancel_url": f"{back}&canceled=true",
        }

    @functools.cached_property
    def _client(self) -> "StripeClient":
        from stripe import RequestsClient, StripeClient

        if not self._settings.api_key:
            raise DependencyUnavailable(reason="STRIPE_API_KEY is empty")
        return StripeClient(
            self._settings.api_key,
            base_addresses={"api": self._settings.api_base} if self._settings.api_base else None,
            max_network_retries=1,
            http_client=RequestsClient(timeout=TIMEOUT_SECONDS),
        )


def _notice(event: Any) -> Notice:
    about = event["data"]["object"] if event["type"] in ABOUT_PAYMENTS else {}
    whole = about.get("object") == "payment_intent"
    payment_id = about.get("id" if whole else "payment_intent")
    if not all(is_safe_id(name) for name in (event["id"], payment_id or "none")):
        raise ValueError("not an id")
    return Notice(event["id"], event["type"], payment_id)


@contextmanager
def _bounded() -> Iterator[None]:
    """Whatever Stripe cannot do, or will not do for us, can only be waited out by a caller."""
    from stripe import StripeError

    try:
        yield
    except StripeError as failure:
        reason = f"stripe: {type(failure).__name__} {failure.code or ''}".strip()
        raise DependencyUnavailable(reason=reason) from failure


def _unless_missing(retrieve: Callable[[str], Any], name: str) -> Any | None:
    from stripe import InvalidRequestError

    try:
        return retrieve(name)
    except InvalidRequestError as refused:
        if refused.http_status != 404:
            raise
        return None


def _reversal(kind: str, one: Any) -> Reversal:
    """An inquiry (`warning_...`) moves no money; a refund under way does already."""
    status = str(one.status)
    away = status not in NOT_AWAY and not status.startswith("warning_")
    return Reversal(one.id, kind, one.amount, away, one.created)
