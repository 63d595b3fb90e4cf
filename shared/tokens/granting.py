"""Tokens that come in, and those that are taken back. Debt is repaid before anything else."""

from dataclasses import replace
from datetime import datetime
from typing import Any, NamedTuple

from shared.kernel.errors import Conflict
from shared.kernel.ids import derived_id
from shared.tokens import lots, postings
from shared.tokens.commands import Adjust, Grant, Purchase, Refund, TakeBack
from shared.tokens.lots import Lots, Parts
from shared.tokens.models import (
    ADJUST,
    INCLUDED,
    PURCHASED,
    ROLLOVER,
    Account,
    Change,
    Lot,
    Part,
    Row,
)

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
    """A correction: up into a lot of its own, down from the lots and then into debt."""
    metadata = {"reason": command.reason, "actor": command.actor}
    if command.amount < 0:
        return _taken_back(
            account, -command.amount, command.operation, postings.ISSUED, now, metadata
        )
    lot = lots.new_lot(ADJUST, ADJUST, command.amount)
    name = command.operation
    return _received(account, lot, name, "adjust", postings.ISSUED, now, metadata)


def taken_back(account: Account, command: TakeBack, now: datetime) -> Change:
    """Money went back: unused bought tokens go first, the rest is owed."""
    bought = tuple(lot for lot in account.lots if lot.kind == PURCHASED)
    rest, parts = lots.take(bought, command.amount)
    others = tuple(lot for lot in account.lots if lot.kind != PURCHASED)
    owed = command.amount - lots.total(parts)
    after = _behind(account, _joined(others, rest), account.debt + owed)
    row = Row(
        row_id=derived_id(account.account_id, f"reversal:{command.reversal}"),
        type="adjust",
        amount=-command.amount,
        at=now,
        parts=parts,
        postings=postings.out_of(parts, postings.SOLD, owed),
        after=after,
        metadata={"reason": "payment reversed"},
        reference=command.payment,
    )
    return Change(after, (row,))


def refunded(account: Account, command: Refund, now: datetime) -> Change:
    """Each part goes back to where it came from; what an older cycle included is gone."""
    parts = tuple(Part(*part) for part in command.parts)
    back, gone = _still_there(account, command, parts)
    owed = command.amount - lots.total(parts)
    repaid = min(owed, account.debt)
    extra = (Part(PURCHASED, PURCHASED, owed - repaid),) if owed > repaid else ()
    known = account.lots
    for part in (*back, *extra):
        known = lots.put(known, lots.new_lot(part.lot_id, part.kind, part.amount))
    same_cycle = command.cycle == account.period.n
    after = replace(
        _behind(account, known, account.debt - repaid),
        total_used=max(0, account.total_used - (command.amount if same_cycle else 0)),
        member_used=_less_used(account, command) if same_cycle else account.member_used,
    )
    moved = [(f"user:{part.kind}", part.amount) for part in (*back, *extra)]
    moved += [(postings.OWED, repaid), (postings.EXPIRED, lots.total(gone))]
    row = Row(
        row_id=refund_id(account.account_id, command.row_id),
        type="refund",
        amount=command.amount,
        at=now,
        parts=(*back, *extra),
        postings=postings.balanced(moved, postings.CONSUMED),
        after=after,
        actor=command.actor,
        metadata={"reason": command.reason},
        reference=command.row_id,
    )
    return Change(after, (row,))


def refund_id(account_id: str, row_id: str) -> str:
    """Where the refund of a deduction stands: there can be one."""
    return derived_id(account_id, f"refund:{row_id}")


def _less_used(account: Account, command: Refund) -> dict[str, int]:
    found = dict(account.member_used)
    if command.actor in found:
        found[command.actor] = max(0, found[command.actor] - command.amount)
    return found


def _still_there(account: Account, command: Refund, parts: Parts) -> tuple[Parts, Parts]:
    there = {lot.lot_id for lot in account.lots}
    back: list[Part] = []
    gone: list[Part] = []
    for part in parts:
        lasting = part.kind in (PURCHASED, ADJUST) or part.lot_id in there
        current = command.cycle == account.period.n
        returns = current if part.kind in (INCLUDED, ROLLOVER) else lasting
        (back if returns else gone).append(part)
    return tuple(back), tuple(gone)


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
    after = _behind(account, got.lots, account.debt - got.repaid)
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


def _taken_back(
    account: Account, amount: int, name: str, book: str, now: datetime, metadata: Any
) -> Change:
    rest, parts = lots.take(account.lots, amount)
    owed = amount - lots.total(parts)
    after = _behind(account, rest, account.debt + owed)
    row = Row(
        row_id=derived_id(account.account_id, name),
        type="adjust",
        amount=-amount,
        at=now,
        parts=parts,
        postings=postings.out_of(parts, book, owed),
        after=after,
        metadata=metadata,
    )
    return Change(after, (row,))


def _joined(one: Lots, other: Lots) -> Lots:
    for lot in other:
        one = lots.put(one, lot)
    return one


def _behind(account: Account, known: Lots, debt: int) -> Account:
    return replace(account, lots=known, debt=debt, seq=account.seq + 1)
