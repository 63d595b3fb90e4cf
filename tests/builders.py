"""Builders of test data: state only what matters, the rest is plausible."""

from dataclasses import replace
from datetime import UTC, datetime
from typing import Any
from uuid import uuid4

from shared.tokens.models import Account, Deduction
from shared.tokens.rules import opened

TIERS = {"free": 100, "pro": 10_000}
NEW_YEAR = datetime(2026, 1, 1, tzinfo=UTC)


def unique(prefix: str) -> str:
    """A name that no other test, and no earlier run, has used."""
    return f"{prefix}-{uuid4().hex[:12]}"


def account(**changes: Any) -> Account:
    """A free account that opened at New Year 2026."""
    start = changes.pop("start", NEW_YEAR)
    zone = changes.pop("time_zone", "UTC")
    base = opened(changes.pop("account_id", "a"), "free", TIERS, start, start, zone)
    return replace(base, **changes)


def deduction(amount: int, operation: str = "op", **changes: Any) -> Deduction:
    return Deduction(operation, amount, **changes)
