"""Tokens that are taken back; what is not there any more is owed."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime
from typing import Any

from shared.kernel.ids import derived_id
from shared.tokens import lots, postings
from shared.tokens.commands import Adjust, TakeBack
from shared.tokens.models import PURCHASED, Account
from shared.tokens.rows import Change, Row


def taken_back(account: Account, command: TakeBack, now: datetime) -> Change:
    """Money went back: unused bought tokens go first, the rest is owed."""
    reason = {"reason": "payment reversed"}
    name, amount = f"reversal:{command.reversal}", command.amount
    row = _row(account, name, amount, (PURCHASED,), postings.SOLD, now, reason)
    row = replace(row, reference=command.payment)
    return Change(row.after, (row,))


def lowered(account: Account, command: Adjust, now: datetime) -> Change:
    """A correction downwards, out of all lots in their order."""
    kinds = tuple(lots.PRIORITIES)
    reason = {"reason": command.reason, "actor": command.actor}
    row = _row(account, command.operation, -command.amount, kinds, postings.ISSUED, now, reason)
    return Change(row.after, (row,))


def _row(
    account: Account,
    name: str,
    amount: int,
    kinds: tuple[str, ...],
    book: str,
    now: datetime,
    metadata: Mapping[str, Any],
) -> Row:
    wanted = tuple(lot for lot in account.lots if lot.kind in kinds)
    rest, parts = lots.take(wanted, amount)
    owed = amount - lots.total(parts)
    left = {lot.lot_id: lot for lot in rest}
    after = replace(
        account,
        lots=tuple(left.get(lot.lot_id, lot) for lot in account.lots),
        debt=account.debt + owed,
        seq=account.seq + 1,
    )
    return Row(
        row_id=derived_id(account.account_id, name),
        type="adjust",
        amount=-amount,
        at=now,
        parts=parts,
        postings=postings.out_of(parts, book, owed),
        after=after,
        metadata=metadata,
    )
