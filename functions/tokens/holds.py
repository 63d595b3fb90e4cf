"""The hold calls. A hold's id names its account too, so that ending one costs no search."""

from datetime import timedelta

from functions.tokens.area import SPEND, area, balance_of, named, opens
from functions.tokens.schemas import (
    HoldAnswer,
    HoldRequest,
    SettleAnswer,
    SettleRequest,
    VoidAnswer,
)
from shared.entry.http import Call, Reply, replayed
from shared.entry.wire import Nothing
from shared.kernel.errors import NotFound
from shared.kernel.ids import is_safe_id
from shared.tokens.access import actor_of
from shared.tokens.commands import PlaceHold, Settle, Void
from shared.tokens.rows import Entry
from shared.wiring import Wiring


@area.route("POST", "/holds", HoldRequest, HoldAnswer, status=201, keyed=True, raises=(402,))
def hold(call: Call[HoldRequest], wiring: Wiring) -> Reply:
    key, wanted = call.idempotency_key, call.input
    account_id = named(call, wiring, wanted.account, SPEND)
    actor, ttl = actor_of(call.caller, account_id), timedelta(seconds=wanted.ttl_seconds)
    command = PlaceHold(f"key:{key}", wanted.amount, ttl, wanted.task_type, actor)
    receipt = wiring.tokens.hold(account_id, command, opens(call, wiring))
    return replayed(_hold_answer(receipt.entry), receipt.replay)


@area.route("POST", "/holds/<hold_id>/settle", SettleRequest, SettleAnswer)
def settle(call: Call[SettleRequest], wiring: Wiring) -> SettleAnswer:
    account_id, hold_id = _own_hold(call, wiring)
    entry = wiring.tokens.settle(account_id, Settle(hold_id, call.input.amount)).entry
    return SettleAnswer(
        transaction_id=entry.row_id,
        amount=entry.amount,
        released=_released(entry),
        from_included=entry.from_included,
        from_purchased=entry.from_purchased,
        balance=balance_of(entry),
    )


@area.route("DELETE", "/holds/<hold_id>", Nothing, VoidAnswer)
def void(call: Call[Nothing], wiring: Wiring) -> VoidAnswer:
    account_id, hold_id = _own_hold(call, wiring)
    entry = wiring.tokens.void(account_id, Void(hold_id)).entry
    return VoidAnswer(released=_released(entry), balance=balance_of(entry))


def _hold_answer(entry: Entry) -> HoldAnswer:
    return HoldAnswer(
        hold_id=f"{entry.row_id}.{entry.account_id}",
        amount=entry.amount,
        expires_at=(entry.metadata or {})["expiresAt"],
        balance=balance_of(entry),
    )


def _own_hold(call: Call[Nothing] | Call[SettleRequest], wiring: Wiring) -> tuple[str, str]:
    hold_id, _, account_id = call.path["hold_id"].partition(".")
    if not is_safe_id(account_id):
        raise NotFound("There is no such hold.", reason="hold_id")
    return named(call, wiring, account_id, SPEND), hold_id


def _released(entry: Entry) -> int:
    released: int = (entry.metadata or {})["released"]
    return released
