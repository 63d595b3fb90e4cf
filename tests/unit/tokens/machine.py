"""An account that anything may happen to, at any time, and what must hold of it all along."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime, timedelta

from scripts.suite.chaos.books import Books, require
from shared.kernel.errors import Problem
from shared.tokens import documents
from shared.tokens.commands import Command
from shared.tokens.models import Account, Policy, Usage
from shared.tokens.periods import advance
from shared.tokens.rows import Change, Message, Row
from shared.tokens.rules import apply, fingerprint

UNTOUCHED = ("refresh", "plan_change")


class Model:
    """One account, its rows and what was told; every step is checked."""

    def __init__(self, account: Account, policy: Policy, now: datetime) -> None:
        self.account = account
        self.policy = policy
        self.now = now
        self.rows: list[Row] = []
        self.ended: Counter[str] = Counter()
        self._books = Books(account)
        self._told: set[str] = set()
        self._ids: set[str] = set()
        self._spent_on_days = 0
        self._used_in_cycle = 0

    def do(self, command: Command) -> Change | Problem:
        """What became of it: a change that was taken in, or a refusal that changed nothing."""
        fingerprint(command)
        try:
            change = apply(self.account, command, self.policy, self.now)
        except Problem as refusal:
            return refusal
        if change.rows and change.rows[-1].row_id in self._ids:
            return change
        self._take_in(change)
        return change

    def edit_end(self, end: datetime) -> None:
        """Another product writes `nextRefreshDate`."""
        self.account = replace(self.account, period=self.account.period._replace(end=end))

    def require_split_invariance(self, cuts: Iterable[datetime]) -> None:
        at_once, stepped = advance(self.account, self.policy, self.now).account, self.account
        for moment in (*sorted(cuts), self.now):
            stepped = advance(stepped, self.policy, min(moment, self.now)).account
        require(replace(stepped, seq=0) == replace(at_once, seq=0), f"{stepped} != {at_once}")

    def require_all_well(self) -> None:
        self._books.require_match(self.account)
        self._require_every_threshold_was_told()
        self._require_usage()
        require(max(self.ended.values(), default=0) <= 1, "a hold has ended twice")
        require(self.account.base <= self.account.included, "more is left than was included")
        stored = documents.account_document(self.account)
        require(documents.account(self.account.account_id, stored) == self.account, "round trip")

    def _take_in(self, change: Change) -> None:
        for row in change.rows:
            self._take_in_row(row)
        for message in change.messages:
            self._take_in_message(message)
        self._spent_on_days += sum(map(_tokens, change.days))
        self.account = change.account

    def _take_in_row(self, row: Row) -> None:
        require(row.after.seq == len(self.rows) + 1, "rows are not dense")
        require(row.row_id not in self._ids, "a row id was used twice")
        self._ids.add(row.row_id)
        self.rows.append(row)
        self._books.post(row.postings)
        self._books.require_match(row.after)
        self._count(row)
        if row.type in ("settle", "void") or _is_end(row):
            self.ended[row.reference or ""] += 1
        if row.type in UNTOUCHED:
            require("user:purchased" not in dict(row.postings), "purchased tokens were touched")
        if row.type == "deduct":
            _require_base_first(row)

    def _take_in_message(self, message: Message) -> None:
        require(message.message_id not in self._told, f"told twice: {message.message_id}")
        self._told.add(message.message_id)

    def _count(self, row: Row) -> None:
        if row.type == "refresh":
            self._used_in_cycle = 0
        elif row.type in ("deduct", "settle") or _is_end(row):
            self._used_in_cycle += row.amount
        elif row.type == "refund" and self._is_of_this_cycle(row):
            self._used_in_cycle -= row.amount

    def _is_of_this_cycle(self, refund: Row) -> bool:
        undone = next(row for row in self.rows if row.row_id == refund.reference)
        return undone.after.period.n == refund.after.period.n

    def _require_every_threshold_was_told(self) -> None:
        left, included = self.account.available, self.account.included
        bounds = {f"percent:{p}": included * p // 100 for p in self.policy.low_percents}
        bounds |= {f"amount:{amount}": amount for amount in self.policy.low_amounts}
        reached = {name for name, bound in bounds.items() if left <= bound}
        require(not self.rows or reached <= self.account.fired, f"{reached} was not told")

    def _require_usage(self) -> None:
        held = self.account
        require(held.total_used == self._used_in_cycle, "what was used is wrong")
        spent = sum(row.amount for row in self.rows if row.type in ("deduct", "settle"))
        spent += sum(row.amount for row in self.rows if _is_end(row))
        today = _tokens(held.usage) if held.usage else 0
        require(spent == self._spent_on_days + today, "the days do not add up")
        if held.scope == "organization":
            now = sum(hold.amount for hold in held.holds if hold.cycle == held.period.n)
            members = sum(held.member_used.values())
            require(members == held.total_used + now, "members do not add up")


def later(now: datetime, seconds: int) -> datetime:
    return now + timedelta(seconds=seconds)


def _is_end(row: Row) -> bool:
    """Whether a hold expired, rather than a lot."""
    return row.type == "expire" and row.reference is not None


def _tokens(usage: Usage) -> int:
    return sum(tokens for tokens, _ in usage.by_task.values())


def _require_base_first(row: Row) -> None:
    kinds = {part.kind for part in row.parts}
    require(not ("purchased" in kinds and row.after.base), "purchased tokens went first")
