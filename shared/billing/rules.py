"""What money means for a purchase: whether it buys, and what of it goes back."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace

from shared.billing.purchases import CHECKOUT, Move, Payment, Purchase, Reversal
from shared.kernel.payments import Package


def refusal(
    purchase: Purchase | None, payment: Payment, packages: Mapping[str, Package]
) -> str | None:
    """Why this money does not buy these tokens; none where it does."""
    if purchase is None or purchase.source != CHECKOUT:
        return "unknown_purchase"
    faults = {
        "second_payment": purchase.payment_id not in (None, payment.payment_id),
        "wrong_currency": payment.currency != purchase.currency,
        "wrong_amount": payment.received != purchase.price,
        "package_gone": not purchase.processed and purchase.package_id not in packages,
    }
    return next((cause for cause, found in faults.items() if found), None)


def claimed(purchase: Purchase, payment: Payment, reversals: Sequence[Reversal]) -> Purchase:
    """The purchase with its payment, and with a move for each reversal that turned."""
    moves = _moves(purchase, reversals)
    same = purchase.payment_id == payment.payment_id and moves == purchase.moves
    settled = purchase.settled and same
    return replace(purchase, payment_id=payment.payment_id, moves=moves, settled=settled)


def settled(purchase: Purchase, reversals: Iterable[Reversal]) -> Purchase:
    """The purchase once its account has everything."""
    status = _status(purchase, reversals)
    return replace(purchase, processed=True, settled=True, status=status)


def named(moves: Sequence[Move]) -> list[tuple[str, Move]]:
    """Each move with a name of its own: the reversal's, and from its second on a number."""
    found, seen = [], dict.fromkeys((move.reversal_id for move in moves), 0)
    for move in moves:
        seen[move.reversal_id] += 1
        count = seen[move.reversal_id]
        found.append((move.reversal_id if count == 1 else f"{move.reversal_id}:{count}", move))
    return found


def _moves(purchase: Purchase, reversals: Sequence[Reversal]) -> tuple[Move, ...]:
    """After each reversal that turned, just what is owed for the money that is away is back."""
    moves = purchase.moves
    for reversal in sorted(reversals, key=lambda one: (one.created, one.reversal_id)):
        if reversal.away != (reversal.reversal_id in _away(moves)):
            turned = Move(reversal.reversal_id, reversal.amount, 0)
            owed = _owed(purchase, _away((*moves, turned)))
            moves += (turned._replace(tokens=owed - sum(move.tokens for move in moves)),)
    return moves


def _away(moves: Iterable[Move]) -> dict[str, int]:
    """The money that is away, by reversal: each move turns its reversal over."""
    found: dict[str, int] = {}
    for move in moves:
        if found.pop(move.reversal_id, None) is None:
            found[move.reversal_id] = move.money
    return found


def _owed(purchase: Purchase, away: Mapping[str, int]) -> int:
    """In proportion to all that is away together, rounded down: so parts of a price that make
    it up also make up its tokens.
    """
    price = purchase.price or 1
    return purchase.amount * min(sum(away.values()), price) // price


def _status(purchase: Purchase, reversals: Iterable[Reversal]) -> str:
    away = _away(purchase.moves)
    if any(one.kind == "dispute" and one.reversal_id in away for one in reversals):
        return "disputed"
    if not away:
        return "paid"
    return "refunded" if sum(away.values()) >= (purchase.price or 0) else "partially_refunded"
