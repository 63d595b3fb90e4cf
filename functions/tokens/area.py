"""The area of the token calls, and whose account a call is about."""

from typing import Any

from functions.tokens.schemas import Balance, DeductAnswer
from shared.entry.http import Area, Call
from shared.tokens.access import account_of, opening
from shared.tokens.rounds import Opening
from shared.tokens.rows import Entry
from shared.wiring import Wiring

area = Area("tokens")

READ, SPEND, LEDGER = "tokens:balance:read", "tokens:balance:spend", "tokens:transaction:read"


def named(call: Call[Any], wiring: Wiring, account: str | None, permission: str) -> str:
    """The account that the caller names, or their own, checked against what they may do."""
    return account_of(wiring.auth, call.caller, account, permission)


def opens(call: Call[Any], wiring: Wiring) -> Opening:
    """How the account opens on first use."""
    return opening(wiring.auth, wiring.tokens, call.caller)


def balance_of(entry: Entry) -> Balance:
    """The balance that a row was answered with."""
    return Balance.model_validate(entry.result)


def moved(entry: Entry) -> DeductAnswer:
    """A row that moved tokens, as its caller is answered."""
    return DeductAnswer(
        transaction_id=entry.row_id,
        amount=entry.amount,
        from_included=entry.from_included,
        from_purchased=entry.from_purchased,
        balance=balance_of(entry),
    )
