"""Short words for tests of the rules: do something to an account, and look at what it has left."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

from shared.kernel.ids import derived_id
from shared.tokens.commands import (
    Adjust,
    Command,
    Grant,
    PlaceHold,
    Purchase,
    Refund,
    SetLimits,
    Settle,
    TakeBack,
    Void,
)
from shared.tokens.models import Account, Policy, Tier
from shared.tokens.periods import advance
from shared.tokens.rows import Change, Row
from shared.tokens.rules import apply
from tests.builders import NEW_YEAR, POLICY, account

SOON = NEW_YEAR + timedelta(days=1)
FEBRUARY = NEW_YEAR + timedelta(days=31)
MARCH, APRIL = NEW_YEAR + timedelta(days=59), NEW_YEAR + timedelta(days=90)
HOUR = timedelta(hours=1)
LATER = SOON + HOUR
ROLLING = replace(POLICY, tiers={"free": Tier(100, rollover_cap=250)})
FOREIGN: dict[str, Any] = {
    "userId": "a",
    "includedTokens": 100,
    "purchasedTokens": 40,
    "totalUsedTokens": 130,
    "subscriptionStartDate": NEW_YEAR,
    "billingCycleStartDate": FEBRUARY,
    "nextRefreshDate": MARCH,
    "lastRefreshDate": None,
}


def change(
    held: Account, command: Command, now: datetime = SOON, policy: Policy = POLICY
) -> Change:
    return apply(held, command, policy, now)


def after(
    held: Account, *commands: Command, now: datetime = SOON, policy: Policy = POLICY
) -> Account:
    """The account after all of them, at one moment."""
    for command in commands:
        held = apply(held, command, policy, now).account
    return held


def touched(held: Account, now: datetime, policy: Policy = POLICY) -> Change:
    """What time alone does to it."""
    return advance(held, policy, now)


def moved(held: Account, end: datetime) -> Account:
    """The account with another end of its cycle."""
    return replace(held, period=held.period._replace(end=end))


def lefts(held: Account) -> dict[str, int]:
    """What is left, by lot, where something is."""
    return {lot.lot_id: lot.left for lot in held.lots if lot.left}


def taken_from(row: Row) -> dict[str, int]:
    return {part.lot_id: part.amount for part in row.parts}


def hold(amount: int, operation: str = "hold", ttl: timedelta = HOUR, **who: str) -> PlaceHold:
    return PlaceHold(operation, amount, ttl, **who)


def hold_id(operation: str = "hold", account_id: str = "a") -> str:
    return derived_id(account_id, operation)


def holding(amount: int = 130, purchased: int = 50) -> Account:
    """An account of 100 and 50 tokens with a hold on some."""
    return after(account(purchased=purchased), hold(amount, task_type="chat"))


def settle(amount: int) -> Settle:
    return Settle(hold_id(), amount)


def void() -> Void:
    return Void(hold_id())


def refund(row: Row) -> Refund:
    """What undoes a deduction."""
    parts = tuple((part.lot_id, part.kind, part.amount) for part in row.parts)
    done = (row.row_id, row.after.period.n, row.amount, parts)
    return Refund(f"undo:{row.row_id}", *done, "wrong", row.actor)


def purchase(amount: int, payment: str = "pi_1") -> Purchase:
    return Purchase(payment, amount)


def take_back(amount: int, reversal: str = "re_1") -> TakeBack:
    return TakeBack(reversal, "pi_1", amount)


def gift(amount: int, expires_at: datetime | None = None, operation: str = "gift") -> Grant:
    return Grant(operation, amount, expires_at)


def adjust(amount: int, operation: str = "adjust") -> Adjust:
    return Adjust(operation, amount, "counted wrong", "admin")


def limits(
    overage: str = "deny", cap: int = 0, members: Mapping[str, int] | None = None
) -> SetLimits:
    return SetLimits("limits", overage, cap, members or {}, "key:k")
