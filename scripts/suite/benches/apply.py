"""Decisions a second of CPU time on one core: deductions by the pure rules alone; no peer."""

import time
from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from statistics import median
from typing import Any

from shared.tokens import lots
from shared.tokens.commands import Deduct
from shared.tokens.models import PURCHASED, Account, Policy, Tier
from shared.tokens.periods import open_account
from shared.tokens.rules import apply

ACCOUNTS = 200
SPENDINGS = 50
ROUNDS = 9
START = datetime(2026, 1, 1, tzinfo=UTC)
POLICY = Policy(tiers={"pro": Tier(10_000)})
TASKS = ("chat", "extract", "translate", None)


def run() -> dict[str, Any]:
    commands = [Deduct(f"operation-{n}", 1 + n % 7, TASKS[n % 4]) for n in range(SPENDINGS)]
    rates = [_rate(commands) for _ in range(ROUNDS)]
    return {
        "ours": round(median(rates)),
        "peer": None,
        "ratio": None,
        "unit": "decisions/s",
        "detail": {"rounds": ROUNDS, "decisions": ACCOUNTS * SPENDINGS, "best": round(max(rates))},
    }


def _rate(commands: Sequence[Deduct]) -> float:
    accounts = [_account(f"account-{number}") for number in range(ACCOUNTS)]
    began = time.process_time()
    after = [_spent(account, commands) for account in accounts]
    took = time.process_time() - began
    _require_all_spent(accounts, after, commands)
    return ACCOUNTS * SPENDINGS / took


def _spent(account: Account, commands: Sequence[Deduct]) -> Account:
    now = START
    for command in commands:
        now += timedelta(seconds=30)
        account = apply(account, command, POLICY, now).account
    return account


def _account(account_id: str) -> Account:
    fresh = open_account(account_id, "pro", POLICY, START, START)
    bought = lots.new_lot(PURCHASED, PURCHASED, 500)
    return replace(fresh, lots=lots.put(fresh.lots, bought))


def _require_all_spent(
    before: Sequence[Account], after: Sequence[Account], commands: Sequence[Deduct]
) -> None:
    asked = sum(command.amount for command in commands)
    spent = {b.available - a.available for b, a in zip(before, after, strict=True)}
    if spent != {asked}:
        raise AssertionError("A decision was wrong.")
