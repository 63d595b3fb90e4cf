"""Operations under way, and what becomes of those that share a look at an account."""

import time
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass, field, replace
from datetime import datetime

from shared.kernel.errors import IdempotencyKeyReused, NotFound, Problem
from shared.tokens.commands import Command, Refund
from shared.tokens.models import Account
from shared.tokens.rows import Change, Entry, Receipt
from shared.tokens.saves import Save, Seen

PATIENCE_SECONDS = 15.0
Opening = Callable[[str], Account]
"""Makes the account that opens on first use, or raises NotFound."""


@dataclass(slots=True)
class Operation:
    """A command under way. `row_id` is where its row stands, `mark` what a repeat must repeat.

    `at` is when it was first judged, and stays so: of the same account the same becomes again, and
    a commit whose outcome was unknown cannot arrive behind a refusal.
    """

    row_id: str
    mark: str
    command: Command
    opening: Opening
    at: datetime | None = None
    deadline: float = field(default_factory=lambda: time.monotonic() + PATIENCE_SECONDS)
    receipt: Receipt | None = None
    failure: Exception | None = None

    @property
    def over(self) -> bool:
        return self.receipt is not None or self.failure is not None

    @property
    def undoes(self) -> str:
        """The deduction that it refunds, if it does; there can be one refund."""
        return self.command.row_id if isinstance(self.command, Refund) else ""


@dataclass(slots=True)
class Round:
    """What one look at an account decided of a batch."""

    admitted: dict[str, tuple[Operation, Change]] = field(default_factory=dict)
    refused: list[tuple[Operation, Problem]] = field(default_factory=list)
    repeats: list[Operation] = field(default_factory=list)
    undone: set[str] = field(default_factory=set)


def begun(seen: Seen, account_id: str, opening: Opening) -> Account:
    """What to begin with: what only a registration opened belongs where its user does by now."""
    if seen.account is None:
        return opening(account_id)
    if seen.account.organization_id is None:
        with suppress(NotFound):
            return replace(seen.account, organization_id=opening(account_id).organization_id)
    return seen.account


def joined(round_: Round, seen: Seen) -> Save:
    """One commit for all that were admitted. Rows that time made bear no mark."""
    changes = [change for _, change in round_.admitted.values()]
    return Save(
        seen=seen,
        account=changes[-1].account,
        rows=[row for change in changes for row in change.rows],
        marks=[
            mark
            for operation, change in round_.admitted.values()
            for mark in (*[""] * (len(change.rows) - 1), operation.mark)
        ],
        messages=[message for change in changes for message in change.messages],
        days=[day for change in changes for day in change.days],
    )


def answer(round_: Round, entries: Mapping[str, Entry]) -> None:
    for operation, change in round_.admitted.values():
        operation.receipt = Receipt(entries[change.rows[-1].row_id], replay=False)
    for operation in round_.repeats:
        replay(operation, entries[operation.row_id])


def replay(operation: Operation, entry: Entry) -> None:
    if entry.fingerprint == operation.mark:
        operation.receipt = Receipt(entry, replay=True)
    else:
        operation.failure = IdempotencyKeyReused(reason="fingerprint")
