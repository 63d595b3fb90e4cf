"""What clients want done once, each with the row that it must leave and the words to ask for it."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import NamedTuple

from scripts.suite.chaos.world import Server
from shared.kernel.ids import derived_id
from shared.tokens.commands import (
    ChangePlan,
    Command,
    Deduct,
    Grant,
    PlaceHold,
    Purchase,
    Settle,
    TakeBack,
    Void,
)
from shared.tokens.rows import Entry, Receipt

Ask = Callable[[Server], Receipt]
METADATA = {"n": 1.5, "at": None, "tags": ["a", {"b": 1}]}


class Refusal(NamedTuple):
    """Not enough tokens: said between two moments, and between two versions of the account."""

    moments: tuple[datetime, datetime]
    versions: tuple[int, int]


@dataclass
class Wish:
    """Something to be done once, and what was said to whoever asked for it."""

    account_id: str
    row_id: str
    amount: int
    command: Command
    ask: Ask
    asked: int = 0
    answers: list[Entry] = field(default_factory=list)
    refusals: list[Refusal] = field(default_factory=list)
    conflicts: int = 0
    undoes: str = ""


def deduct(account_id: str, key: str, amount: int) -> Wish:
    command = Deduct(key, amount, "chat", metadata=METADATA)

    def ask(server: Server) -> Receipt:
        return server.tokens.deduct(account_id, command, server.opening)

    return Wish(account_id, derived_id(account_id, key), amount, command, ask)


def hold(account_id: str, key: str, amount: int, ttl: timedelta) -> Wish:
    command = PlaceHold(key, amount, ttl)

    def ask(server: Server) -> Receipt:
        return server.tokens.hold(account_id, command, server.opening)

    return Wish(account_id, derived_id(account_id, key), amount, command, ask)


def settle(held: Wish, amount: int) -> Wish:
    command = Settle(held.row_id, amount)

    def ask(server: Server) -> Receipt:
        return server.tokens.settle(held.account_id, command)

    return Wish(held.account_id, _end_of(held), amount, command, ask)


def void(held: Wish) -> Wish:
    command = Void(held.row_id)

    def ask(server: Server) -> Receipt:
        return server.tokens.void(held.account_id, command)

    return Wish(held.account_id, _end_of(held), 0, command, ask)


def refund(done: Wish, key: str) -> Wish:
    row_id = derived_id(done.account_id, key)

    def ask(server: Server) -> Receipt:
        return server.tokens.refund(done.answers[0], key, "wrong")

    return Wish(done.account_id, row_id, done.amount, done.command, ask, undoes=done.row_id)


def purchase(account_id: str, payment: str, amount: int) -> Wish:
    return _billed(account_id, f"purchase:{payment}", Purchase(payment, amount), amount)


def take_back(account_id: str, reversal: str, amount: int) -> Wish:
    command = TakeBack(reversal, "pi", amount)
    return _billed(account_id, f"reversal:{reversal}", command, -amount)


def gift(account_id: str, key: str, amount: int, end: datetime) -> Wish:
    return _billed(account_id, key, Grant(key, amount, end), amount)


def plan(account_id: str, key: str, tier: str) -> Wish:
    return _billed(account_id, key, ChangePlan(key, tier), 0)


def _billed(account_id: str, operation: str, command: Command, amount: int) -> Wish:
    def ask(server: Server) -> Receipt:
        return server.tokens.execute(account_id, operation, command)

    return Wish(account_id, derived_id(account_id, operation), amount, command, ask)


def _end_of(held: Wish) -> str:
    return derived_id(held.account_id, "resolve", held.row_id)
