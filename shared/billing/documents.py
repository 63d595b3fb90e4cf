"""Purchases as `token_purchases` has them, ours and those of other products."""

from datetime import datetime
from typing import Any

from shared.billing.purchases import Move, Purchase
from shared.kernel.ids import is_safe_id
from shared.kernel.payments import LARGEST
from shared.tokens.access import ORGANIZATION

Stored = dict[str, Any]
PAID = (None, "paid", "completed", "succeeded")


class Malformed(Exception):
    """A purchase that cannot be read."""


def purchase_document(purchase: Purchase) -> Stored:
    return {
        "userId": purchase.user_id,
        "organizationId": purchase.organization_id,
        "tokenAmount": purchase.amount,
        "price": purchase.price,
        "currency": purchase.currency,
        "purchaseDate": purchase.at,
        "isProcessed": purchase.processed,
        "paymentMethod": "stripe",
        "source": purchase.source,
        "accountId": purchase.account_id,
        "packageId": purchase.package_id,
        "fingerprint": purchase.fingerprint,
        "checkoutSessionId": purchase.session_id,
        "checkoutUrl": purchase.checkout_url,
        "paymentIntentId": purchase.payment_id,
        "moves": [move._asdict() for move in purchase.moves],
        "settled": purchase.settled,
        "status": purchase.status,
    }


def purchase(purchase_id: str, row: Stored) -> Purchase:
    """Raises Malformed for what another product wrote and nobody can credit."""
    processed = row.get("isProcessed") is True
    return Purchase(
        purchase_id=purchase_id,
        account_id=_account_id(row),
        amount=_whole(row.get("tokenAmount")),
        price=_if(int, row.get("price")),
        currency=_if(str, row.get("currency")),
        at=_moment(row.get("purchaseDate")),
        user_id=_if(str, row.get("userId")),
        organization_id=_if(str, row.get("organizationId")),
        source=_if(str, row.get("source")),
        package_id=_if(str, row.get("packageId")),
        fingerprint=_if(str, row.get("fingerprint")) or "",
        session_id=_if(str, row.get("checkoutSessionId")),
        checkout_url=_if(str, row.get("checkoutUrl")),
        payment_id=_if(str, row.get("paymentIntentId")),
        moves=_moves(row.get("moves") or ()),
        processed=processed,
        settled=row.get("settled") is True,
        status=str(row.get("status") or "paid"),
    )


def awaits_credit(row: Stored) -> bool:
    """Whether another product wrote a purchase that is paid for and not credited yet.

    Such a product says that it is paid by writing it; where it says more, it must say so.
    """
    foreign = row.get("source") is None
    return foreign and row.get("isProcessed") is not True and row.get("status") in PAID


def _account_id(row: Stored) -> str:
    """The account it names, else the user's own, else the organization's pool."""
    organization = row.get("organizationId")
    pool = f"{ORGANIZATION}{organization}" if organization else None
    found = row.get("accountId") or row.get("userId") or pool
    if not (isinstance(found, str) and is_safe_id(found)):
        raise Malformed("no_account")
    return found


def _whole(amount: Any) -> int:
    if type(amount) is not int or not 0 < amount <= LARGEST:
        raise Malformed("token_amount")
    return amount


def _moves(found: Any) -> tuple[Move, ...]:
    try:
        return tuple(Move(**move) for move in found)
    except TypeError as odd:
        raise Malformed("moves") from odd


def _moment(value: Any) -> datetime | None:
    """The store's own kind of time is one of ours."""
    return value if isinstance(value, datetime) else None


def _if(kind: type[Any], value: Any) -> Any:
    return value if type(value) is kind else None
