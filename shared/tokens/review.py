"""Taking an account out of use, and putting it back, each with a row that says why."""

from dataclasses import replace
from datetime import datetime

from shared.kernel.errors import Conflict
from shared.kernel.ids import derived_id
from shared.tokens.commands import Command, Park, Touch, Unpark
from shared.tokens.models import Account
from shared.tokens.rows import Change, Message, Row


def require_review(command: Command) -> None:
    """Of a parked account nothing is asked but its review; raises Conflict for anything else."""
    if not isinstance(command, Park | Unpark | Touch):
        raise Conflict("The account is under review.", reason="parked")


def parked(account: Account, command: Park, now: datetime) -> Change:
    """The account stands still, and the ecosystem is told."""
    after = replace(account, parked=True, seq=account.seq + 1)
    payload = {"accountId": account.account_id, "cause": command.cause}
    message = Message(f"account_parked:{after.account_id}:{after.seq}", "account_parked", payload)
    row = _row(after, command.operation, {"reason": command.cause, "parked": True}, now)
    return Change(after, (row,), (message,))


def unparked(account: Account, command: Unpark, now: datetime) -> Change:
    """The account goes on as it stands: from here on, rows and state are held together anew."""
    metadata = {
        "reason": command.reason,
        "actor": command.actor,
        "drift": command.drift,
        "parked": False,
    }
    opening = account.opening + command.drift
    after = replace(account, parked=False, opening=opening, seq=account.seq + 1)
    return Change(after, (_row(after, command.operation, metadata, now),))


def _row(after: Account, operation: str, metadata: dict[str, object], now: datetime) -> Row:
    return Row(
        row_id=derived_id(after.account_id, operation),
        type="adjust",
        amount=0,
        at=now,
        parts=(),
        postings=(),
        after=after,
        metadata=metadata,
    )
