"""The token calls: balance, check, deduct; holds and history stand beside."""

from functions.tokens import history, holds
from functions.tokens.area import READ, SPEND, area, moved, named, opens
from functions.tokens.schemas import (
    AccountQuery,
    Balance,
    CheckAnswer,
    CheckRequest,
    DeductAnswer,
    DeductRequest,
)
from shared.entry.http import Call, Reply, replayed
from shared.tokens.access import actor_of
from shared.tokens.commands import Deduct
from shared.tokens.ledger import balance_view
from shared.wiring import Wiring

__all__ = ["history", "holds", "tokens"]


@area.route("GET", "/balance", AccountQuery, Balance)
def balance(call: Call[AccountQuery], wiring: Wiring) -> Balance:
    account_id = named(call, wiring, call.input.account, READ)
    account = wiring.tokens.balance(account_id, opens(call, wiring))
    return Balance.model_validate(balance_view(account))


@area.route("POST", "/check", CheckRequest, CheckAnswer)
def check(call: Call[CheckRequest], wiring: Wiring) -> CheckAnswer:
    account_id = named(call, wiring, call.input.account, READ)
    actor, opening = actor_of(call.caller, account_id), opens(call, wiring)
    found = wiring.tokens.check(account_id, call.input.amount, actor, opening)
    return CheckAnswer(
        sufficient=found.sufficient,
        total_available=found.available,
        short_by=found.short_by,
        scope=found.scope,
        resets_at=found.resets_at,
    )


@area.route("POST", "/deduct", DeductRequest, DeductAnswer, status=201, keyed=True, raises=(402,))
def deduct(call: Call[DeductRequest], wiring: Wiring) -> Reply:
    key, wanted = call.idempotency_key, call.input
    account_id = named(call, wiring, wanted.account, SPEND)
    actor = actor_of(call.caller, account_id)
    command = Deduct(f"key:{key}", wanted.amount, wanted.task_type, actor, wanted.metadata)
    receipt = wiring.tokens.deduct(account_id, command, opens(call, wiring))
    return replayed(moved(receipt.entry), receipt.replay)


tokens = area.function()
