"""The token calls: balance, check, deduct."""

from typing import Any

from functions.tokens.schemas import (
    AccountQuery,
    Balance,
    CheckAnswer,
    CheckRequest,
    DeductAnswer,
    DeductRequest,
)
from shared.entry.http import Area, Call, Reply, replayed
from shared.tokens.access import account_of, opening
from shared.tokens.models import Deduction, Receipt
from shared.tokens.rules import balance_view
from shared.tokens.service import Opening
from shared.wiring import Wiring

area = Area("tokens")


@area.route("GET", "/balance", AccountQuery, Balance)
def balance(call: Call[AccountQuery], wiring: Wiring) -> Balance:
    account_id, opens = _account(call, wiring, call.input.account, "tokens:balance:read")
    account = wiring.tokens.balance(account_id, opens)
    return Balance.model_validate(balance_view(account))


@area.route("POST", "/check", CheckRequest, CheckAnswer)
def check(call: Call[CheckRequest], wiring: Wiring) -> CheckAnswer:
    account_id, opens = _account(call, wiring, call.input.account, "tokens:balance:read")
    found = wiring.tokens.check(account_id, call.input.amount, opens)
    return CheckAnswer(
        sufficient=found.sufficient,
        total_available=found.available,
        short_by=found.short_by,
        scope=found.scope,
        resets_at=found.resets_at,
    )


@area.route("POST", "/deduct", DeductRequest, DeductAnswer, status=201)
def deduct(call: Call[DeductRequest], wiring: Wiring) -> Reply:
    wanted = call.input
    deduction = Deduction(call.idempotency_key, wanted.amount, wanted.task_type, wanted.metadata)
    account_id, opens = _account(call, wiring, wanted.account, "tokens:balance:spend")
    receipt = wiring.tokens.deduct(account_id, deduction, opens)
    return replayed(_deduct_answer(receipt), receipt.replay)


tokens = area.function()


def _account(
    call: Call[Any], wiring: Wiring, named: str | None, permission: str
) -> tuple[str, Opening]:
    """The account a call is about, checked against its caller, and how it opens."""
    account_id = account_of(wiring.auth, call.caller, named, permission)
    return account_id, opening(wiring.auth, wiring.tokens, call.caller)


def _deduct_answer(receipt: Receipt) -> DeductAnswer:
    row = receipt.row
    return DeductAnswer(
        transaction_id=row.row_id,
        amount=row.amount,
        from_included=row.from_included,
        from_purchased=row.from_purchased,
        balance=Balance.model_validate(row.result),
    )
