"""Spending: from the lots in their order, within the limits, counted by day and task."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime
from typing import NamedTuple

from shared.kernel.clock import rfc3339
from shared.kernel.errors import InsufficientTokens
from shared.kernel.ids import derived_id
from shared.tokens import lots, postings
from shared.tokens.commands import Deduct
from shared.tokens.lots import Lots, Parts
from shared.tokens.models import Account, Usage
from shared.tokens.rows import Change, Row

MAX_TASKS_A_DAY = 100
OTHER_TASKS = "(other)"
NO_TASK = "(none)"


class Taken(NamedTuple):
    """What is left, what was taken, what is owed for the rest, and what each member used."""

    lots: Lots
    parts: Parts
    owed: int
    member_used: Mapping[str, int]


def deducted(account: Account, command: Deduct, now: datetime) -> Change:
    """Spend now, or raise InsufficientTokens and change nothing."""
    rest = taken(account, command.amount, command.actor, overage=True)
    today, days = used(account.usage, now, command.task_type, command.amount)
    after = replace(
        account,
        lots=rest.lots,
        debt=account.debt + rest.owed,
        total_used=account.total_used + command.amount,
        member_used=rest.member_used,
        usage=today,
        seq=account.seq + 1,
    )
    row = Row(
        row_id=derived_id(account.account_id, command.operation),
        type="deduct",
        amount=command.amount,
        at=now,
        parts=rest.parts,
        postings=postings.out_of(rest.parts, postings.CONSUMED, rest.owed),
        after=after,
        task_type=command.task_type,
        actor=command.actor,
        metadata=command.metadata,
    )
    return Change(after, (row,), days=days)


def taken(
    account: Account, amount: int, actor: str | None, overage: bool, forced: bool = False
) -> Taken:
    """Take from the lots. What they lack may be owed: within the limits, or whatever if forced."""
    member_used = _within_member_cap(account, amount, actor)
    rest, parts = lots.take(account.lots, amount)
    owed, headroom = amount - lots.total(parts), _headroom(account, overage)
    if owed > headroom and not forced:
        raise _insufficient(account, amount, headroom, overage)
    return Taken(rest, parts, owed, member_used)


def used(
    before: Usage | None, now: datetime, task_type: str | None, amount: int
) -> tuple[Usage, tuple[Usage, ...]]:
    """The day's spending with this in it, and the day before if it is over.

    A day that is over stays so: with a clock that is behind, the last day goes on.
    """
    day = max(now.date().isoformat(), before.day if before else "")
    over = (before,) if before and before.day != day else ()
    by_task = before.by_task if before and not over else {}
    task = _counted_as(task_type, by_task)
    tokens, count = by_task.get(task, (0, 0))
    return Usage(day, {**by_task, task: (tokens + amount, count + 1)}), over


def _insufficient(
    account: Account, amount: int, headroom: int, overage: bool
) -> InsufficientTokens:
    capped = overage and account.limits.overage != "deny"
    scope = "overage_cap" if capped else account.scope
    return _refusal(account, account.available + headroom, amount, scope)


def _within_member_cap(account: Account, amount: int, actor: str | None) -> Mapping[str, int]:
    if actor is None:
        return account.member_used
    before = account.member_used.get(actor, 0)
    cap = account.limits.member_caps.get(actor)
    if cap is not None and before + amount > cap:
        raise _refusal(account, max(0, cap - before), amount, "member")
    return {**account.member_used, actor: before + amount}


def _headroom(account: Account, overage: bool) -> int:
    """How much may still be owed."""
    if not overage or account.limits.overage == "deny":
        return 0
    return 2**53 if account.limits.overage == "unlimited" else _under_cap(account)


def _under_cap(account: Account) -> int:
    return max(0, account.limits.cap - account.debt)


def _refusal(account: Account, available: int, amount: int, scope: str) -> InsufficientTokens:
    short = amount - available
    return InsufficientTokens(
        f"{available} token(s) available, {short} short.",
        available=available,
        shortBy=short,
        scope=scope,
        resetsAt=rfc3339(account.period.end),
    )


def _counted_as(task_type: str | None, by_task: Mapping[str, tuple[int, int]]) -> str:
    """Its own name, as long as the day has room for another."""
    task = task_type or NO_TASK
    return task if task in by_task or len(by_task) < MAX_TASKS_A_DAY else OTHER_TASKS
