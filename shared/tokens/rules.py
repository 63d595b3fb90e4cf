"""The one decision: an account, a command and the time give a new account and what explains it."""

import hashlib
from collections.abc import Mapping
from dataclasses import fields
from datetime import datetime
from typing import Any

import orjson

from shared.kernel.errors import Conflict, InsufficientTokens
from shared.tokens import granting, holds, plans, reclaiming, review, spending
from shared.tokens.alerts import alerted
from shared.tokens.commands import (
    Adjust,
    ChangePlan,
    Command,
    Deduct,
    Grant,
    Park,
    PlaceHold,
    Purchase,
    Refund,
    SetLimits,
    Settle,
    TakeBack,
    Touch,
    Unpark,
    Void,
)
from shared.tokens.fields import LARGEST
from shared.tokens.models import Account, Policy
from shared.tokens.periods import advance
from shared.tokens.rows import Change, Sufficiency


def apply(account: Account, command: Command, policy: Policy, now: datetime) -> Change:
    """First what time has done, then the command. Raises a Problem, and nothing has changed."""
    if account.parked:
        review.require_review(command)
    caught_up = advance(account, policy, now)
    if isinstance(command, Settle | Void):
        holds.require_unexpired(account, caught_up.account, command.hold_id)
    done = _done(caught_up.account, command, policy, now)
    _require_countable(done.account)
    told, messages = alerted(done.account, policy)
    return Change(
        told,
        caught_up.rows + done.rows,
        caught_up.messages + done.messages + messages,
        caught_up.days + done.days,
    )


def sufficiency(
    account: Account, amount: int, actor: str | None, policy: Policy, now: datetime
) -> Sufficiency:
    """What a deduction of this amount would find now."""
    held = advance(account, policy, now).account
    try:
        spending.taken(held, amount, actor, overage=True)
    except InsufficientTokens as short:
        scope, by = str(short.members["scope"]), int(str(short.members["shortBy"]))
        return Sufficiency(False, held.available, by, scope, held.period.end)
    return Sufficiency(True, held.available, 0, held.scope, held.period.end)


def fingerprint(command: Command) -> str:
    """What a repeated operation must repeat."""
    parts = {f.name: getattr(command, f.name) for f in fields(command)}
    text = orjson.dumps([type(command).__name__, parts], default=_text, option=orjson.OPT_SORT_KEYS)
    return hashlib.sha256(text).hexdigest()


def _text(value: object) -> object:
    return dict(value) if isinstance(value, Mapping) else str(value)


def _done(account: Account, command: Command, policy: Policy, now: datetime) -> Change:
    change: Change = _RULES[type(command)](account, command, policy, now)
    return change


def _require_countable(account: Account) -> None:
    """Raises Conflict for what no product could read any more, or no store hold."""
    total = account.available + account.held
    if total > LARGEST or account.total_used > LARGEST or account.debt > LARGEST:
        raise Conflict("There would be more tokens than can be counted.", reason="too_many")


def _touched(account: Account, _: Touch, __: Policy, ___: datetime) -> Change:
    return Change(account)


_RULES: Mapping[type[Any], Any] = {
    Deduct: lambda account, command, _, now: spending.deducted(account, command, now),
    PlaceHold: lambda account, command, _, now: holds.placed(account, command, now),
    Settle: holds.settled,
    Void: lambda account, command, _, now: holds.voided(account, command, now),
    Refund: lambda account, command, _, now: granting.refunded(account, command, now),
    Purchase: lambda account, command, _, now: granting.purchased(account, command, now),
    TakeBack: lambda account, command, _, now: reclaiming.taken_back(account, command, now),
    Grant: lambda account, command, _, now: granting.granted(account, command, now),
    Adjust: lambda account, command, _, now: granting.adjusted(account, command, now),
    ChangePlan: plans.plan_changed,
    SetLimits: lambda account, command, _, now: plans.limits_set(account, command, now),
    Park: lambda account, command, _, now: review.parked(account, command, now),
    Unpark: lambda account, command, _, now: review.unparked(account, command, now),
    Touch: _touched,
}
