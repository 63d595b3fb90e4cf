"""Tokens that come in: bought, given, corrected or refunded. What is owed is repaid first."""

from dataclasses import replace
from datetime import datetime
from typing import Any, NamedTuple

from shared.kernel.errors import Conflict, FieldError, ValidationFailed
from shared.kernel.ids import derived_id
from shared.tokens import lots, postings, reclaiming
from shared.tokens.commands import Adjust, Grant, Purchase, Refund
from shared.tokens.lots import Lots, Parts
from shared.tokens.models import ADJUST, PURCHASED, Account, Lot, Part
from shared.tokens.rows import Change, Row

MAX_LOTS = 32


class Received(NamedTuple):
    lots: Lots
    parts: Parts
    repaid: int


def purchased(account: Account, command: Purchase, now: datetime) -> Change:
    """Bought tokens: one lot without end, where they came from stands in the rows."""
    lot = lots.new_lot(PURCHASED, PURCHASED, command.amount)
    name = f"purchase:{command.payment}"
    return _received(account, lot, name, "purchase", postings.SOLD, now, command.metadata)


def granted(account: Account, command: Grant, now: datetime) -> Change:
    """A gift is a lot of its own, so that it can expire by itself."""
    lot_id = (
        derived_id(account.account_id, command.operation)[:16] if command.expires_at else "promo"
    )
    if len(account.lots) >= MAX_LOTS:
        raise Conflict("Too many gifts are open.", reason="lots")
    lot = lots.new_lot(lot_id, "promo", command.amount, command.expires_at)
    return _received(account, lot, command.operation, "adjust", postings.ISSUED, now, None)


def adjusted(account: Account, command: Adjust, now: datetime) -> Change:
    """A correction: up into a lot of its own, down from the lots and then into debt.

    Raises ValidationFailed where no reason is given.
    """
    if not command.reason.strip():
        raise ValidationFailed([FieldError("/reason", "missing")])
    if command.amount < 0:
        return reclaiming.lowered(account, command, now)
    lot = lots.new_lot(ADJUST, ADJUST, command.amount)
    metadata = {"reason": command.reason, "actor": command.actor}
    return _received(account, lot, command.operation, "adjust", postings.ISSUED, now, metadata)


def refunded(account: Account, command: Refund, now: datetime) -> Change:
    """Each part goes back to where it came from; what an older cycle included is gone.

    What was owed repays the debt; if that is repaid already, it comes back as bought tokens.
    """
    parts = tuple(Part(*part) for part in command.parts)
    current = command.cycle == account.period.n
    back, gone = lots.returned(account.lots, parts, current)
    owed = command.amount - lots.total(parts)
    repaid = min(owed, account.debt)
    if owed > repaid:
        back = (*back, Part(PURCHASED, PURCHASED, owed - repaid))
    after = replace(
        account,
        lots=lots.put_back(account.lots, back),
        debt=account.debt - repaid,
        total_used=max(0, account.total_used - (command.amount if current else 0)),
        member_used=_less_used(account, command) if current else account.member_used,
        seq=account.seq + 1,
    )
    row = Row(
        row_id=derived_id(account.account_id, command.operation),
        type="refund",
        amount=command.amount,
        at=now,
        parts=back,
        postings=_refund_postings(back, gone, repaid),
        after=after,
        actor=command.actor,
        metadata={"reason": command.reason},
        reference=command.row_id,
    )
    return Change(after, (row,))


def _less_used(account: Account, command: Refund) -> dict[str, int]:
    found = dict(account.member_used)
    if command.actor in found:
        found[command.actor] = max(0, found[command.actor] - command.amount)
    return found


def _refund_postings(back: Parts, gone: Parts, repaid: int) -> postings.Postings:
    moved = [(f"user:{part.kind}", part.amount) for part in back]
    moved += [(postings.OWED, repaid), (postings.EXPIRED, lots.total(gone))]
    return postings.balanced(moved, postings.CONSUMED)


def _received(
    account: Account,
    lot: Lot,
    name: str,
    kind: str,
    book: str,
    now: datetime,
    metadata: Any,
) -> Change:
    got = _after_debt(account, lot)
    debt = account.debt - got.repaid
    after = replace(account, lots=got.lots, debt=debt, seq=account.seq + 1)
    row = Row(
        row_id=derived_id(account.account_id, name),
        type=kind,
        amount=lot.left,
        at=now,
        parts=got.parts,
        postings=postings.into(got.parts, book, got.repaid),
        after=after,
        metadata=metadata,
    )
    return Change(after, (row,))


def _after_debt(account: Account, lot: Lot) -> Received:
    repaid = min(account.debt, lot.left)
    rest = lot._replace(left=lot.left - repaid)
    if not rest.left:
        return Received(account.lots, (), repaid)
    part = Part(lot.lot_id, lot.kind, rest.left)
    return Received(lots.put(account.lots, rest), (part,), repaid)
