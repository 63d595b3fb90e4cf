"""When all is quiet: was everything done once that was granted, and do all the books balance?"""

from collections import Counter
from collections.abc import Sequence
from typing import Any

from scripts.suite.chaos.books import Books, require
from scripts.suite.chaos.wishes import Refusal, Wish
from scripts.suite.chaos.world import START, World
from shared.kernel.errors import InsufficientTokens
from shared.platform.values import plain_fields
from shared.tokens import documents, ledger, maps
from shared.tokens.commands import Command, Settle, Void
from shared.tokens.ledger import Stored
from shared.tokens.models import Account
from shared.tokens.periods import open_account
from shared.tokens.rules import apply

BY_TIME = ("refresh", "expire")
ENDS = ("settle", "void")


class Verdict:
    """Reads what is stored, and holds it against what was said."""

    def __init__(self, world: World, wishes: Sequence[Wish]) -> None:
        self._world = world
        self._wishes = wishes
        self._rows = self._stored("token_transactions")
        self._days = self._stored("token_usage")
        told = self._stored("outbox").values()
        self._messages = [message for document in told for message in document["messages"]]

    def require(self) -> None:
        for account_id, document in self._stored("token_balances").items():
            self._require_account(documents.account(account_id, document))
        for wish in self._wishes:
            self._require_wish(wish)
        self._require_nothing_else()
        self._require_told_once()

    def _require_account(self, account: Account) -> None:
        mine = [row for row in self._rows.values() if row["accountId"] == account.account_id]
        rows = sorted(mine, key=lambda row: int(row["seq"]))
        require(len(rows) == account.seq, f"{len(rows)} rows, not {account.seq}")
        require(ledger.broken_at(rows) is None, f"row {ledger.broken_at(rows)} breaks the chain")
        require((rows[-1]["hash"] if rows else "") == account.head, "the head is another")
        net = sum(row["netAvailable"] for row in rows)
        require(account.opening + net == account.available, "rows and balance differ")
        require(all(row["availableAfter"] >= 0 for row in rows), "overspent")
        self._require_books(account, rows)
        self._require_ends(rows)
        self._require_days(account, rows)

    def _require_books(self, account: Account, rows: Sequence[Stored]) -> None:
        start = account.period.anchor
        books = Books(open_account(account.account_id, "free", self._world.policy, start, start))
        for row in rows:
            books.post((posting["book"], posting["amount"]) for posting in row["postings"])
        books.require_match(account)

    def _require_ends(self, rows: Sequence[Stored]) -> None:
        cycles = [row["cycle"] for row in rows if row["type"] == "refresh"]
        require(cycles == sorted(set(cycles)), f"cycles {cycles}")
        last = [row for row in rows if _is_end(row) or row["type"] == "refund"]
        ends = Counter(row.get("reference") for row in last)
        require(max(ends.values(), default=0) <= 1, "a hold has ended, or a deduction gone, twice")

    def _require_days(self, account: Account, rows: Sequence[Stored]) -> None:
        mine = [day for day in self._days.values() if day["accountId"] == account.account_id]
        days = [maps.day(day) for day in mine] + ([account.usage] if account.usage else [])
        counted = sum(tokens for day in days for tokens, _ in day.by_task.values())
        spent = [row["amount"] for row in rows if row["type"] == "deduct" or _is_end(row)]
        require(counted == sum(spent), f"days count {counted}, rows {sum(spent)}")

    def _require_wish(self, wish: Wish) -> None:
        stored = self._rows.get(wish.row_id)
        for answer in wish.answers:
            require(stored is not None, f"{wish.command} was granted and is lost")
            require(answer == ledger.entry(wish.row_id, stored or {}), "answers differ")
        if wish.answers and self._world.policy.overrun != "cap":
            amount = wish.answers[0].amount
            require(wish.answers[0].type == "plan_change" or amount == wish.amount, "other amount")
        if wish.asked == len(wish.refusals):
            require(stored is None, f"{wish.command} was refused and done")
        for refusal in wish.refusals:
            require(self._is_just(wish, refusal), f"{wish.command} was refused for nothing")
        if wish.conflicts:
            require(self._has_met(wish, stored), "met nothing")

    def _require_nothing_else(self) -> None:
        wanted = {wish.row_id for wish in self._wishes}
        found = {row_id for row_id, row in self._rows.items() if row["type"] not in BY_TIME}
        require(found <= wanted, "something was done that nobody wanted")

    def _require_told_once(self) -> None:
        written = self._world.documents.written
        again = [name for name, times in written.items() if times > 1 and "/outbox/" in name]
        occasions = Counter(message["occasion"] for message in self._messages)
        twice = again + [occasion for occasion, times in occasions.items() if times > 1]
        require(not twice, f"told twice: {twice}")
        refreshed = sum(row["type"] == "refresh" for row in self._rows.values())
        told = sum(m["eventType"] == "billing_cycle_refreshed" for m in self._messages)
        require(told == refreshed, f"{refreshed} cycles, {told} confirmations")

    def _is_just(self, wish: Wish, refusal: Refusal) -> bool:
        """Whether the account, as it could have been seen, had not enough: between two rows of
        one commit, or as time has made some version of it."""
        first, last = (self._version(wish.account_id, number) for number in refusal.versions)
        left = [
            row["availableAfter"]
            for row in self._rows.values()
            if row["accountId"] == wish.account_id and first.seq <= row["seq"] <= last.seq
        ]
        return min(left, default=wish.amount) < wish.amount or any(
            self._refuses(wish.command, self._version(wish.account_id, version), now)
            for version in range(refusal.versions[0], refusal.versions[1] + 1)
            for now in self._world.between(*refusal.moments)
        )

    def _refuses(self, command: Command, account: Account, now: Any) -> bool:
        try:
            apply(account, command, self._world.policy, now)
        except InsufficientTokens:
            return True
        return False

    def _version(self, account_id: str, number: int) -> Account:
        if number < 0:
            return open_account(account_id, "free", self._world.policy, START, START)
        found = self._world.versions(account_id)[number]
        return documents.account(account_id, plain_fields(found.fields))

    def _has_met(self, wish: Wish, stored: Stored | None) -> bool:
        """Another end of the hold, or another refund of the deduction."""
        if isinstance(wish.command, Settle | Void):
            return stored is not None or self._is_over(wish)
        refunds = (row for row in self._rows.values() if row["type"] == "refund")
        return stored is None and wish.undoes in {row["reference"] for row in refunds}

    def _is_over(self, wish: Wish) -> bool:
        command = wish.command
        hold_id = command.hold_id if isinstance(command, Settle | Void) else ""
        ends: Any = self._rows[hold_id]["metadata"]["expiresAt"]
        return bool(ends <= self._world.latest)

    def _stored(self, collection: str) -> dict[str, Stored]:
        found = self._world.documents.under(collection)
        return {name: plain_fields(document.fields) for name, document in found.items()}


def _is_end(row: Stored) -> bool:
    """Whether a hold has ended, rather than a lot lapsed."""
    return row["type"] in ENDS or (row["type"] == "expire" and "reference" in row)
