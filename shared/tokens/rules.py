"""Pure decisions on a token account: no clock, no I/O; the same input gives the same answer."""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime
from typing import Any

from shared.kernel.clock import rfc3339
from shared.kernel.errors import InsufficientTokens
from shared.kernel.ids import derived_id
from shared.tokens.cycles import boundary, index
from shared.tokens.models import Account, Change, Deduction, Row, Sufficiency

Tiers = Mapping[str, int]


def opened(
    account_id: str,
    tier: str,
    tiers: Tiers,
    start: datetime,
    now: datetime,
    time_zone: str = "UTC",
    organization_id: str | None = None,
) -> Account:
    """A new account; a start in the past opens it in the cycle that holds `now`."""
    cycle = index(start, time_zone, now)
    began = boundary(start, time_zone, cycle)
    return Account(
        account_id=account_id,
        tier=tier,
        included=tiers[tier],
        included_used=0,
        purchased=0,
        total_used=0,
        subscription_start=start,
        cycle_start=began,
        last_refresh=began,
        next_refresh=boundary(start, time_zone, cycle + 1),
        time_zone=time_zone,
        cycle=cycle,
        organization_id=organization_id,
    )


def refreshed(account: Account, tiers: Tiers, now: datetime) -> Change:
    """The account in the cycle that holds `now`: one row, however many cycles went by.

    Included tokens are the tier's again, purchased tokens are untouched.
    """
    if now < account.next_refresh:
        return Change(account, ())
    month = index(account.subscription_start, account.time_zone, now)
    began = boundary(account.subscription_start, account.time_zone, month)
    fresh = replace(
        account,
        included=tiers.get(account.tier, account.included),
        included_used=0,
        total_used=0,
        cycle_start=began,
        last_refresh=began,
        next_refresh=boundary(account.subscription_start, account.time_zone, month + 1),
        cycle=max(month, account.cycle + 1),
        seq=account.seq + 1,
    )
    return Change(fresh, (_refresh_row(account, fresh, now),))


def deducted(account: Account, deduction: Deduction, tiers: Tiers, now: datetime) -> Change:
    """Included tokens first, then purchased ones; raises InsufficientTokens and changes nothing."""
    current = refreshed(account, tiers, now)
    held = current.account
    if deduction.amount > held.available:
        raise _insufficient(held, deduction.amount)
    base = min(held.available_base, deduction.amount)
    spent = replace(
        held,
        included_used=held.included_used + base,
        purchased=held.purchased - (deduction.amount - base),
        total_used=held.total_used + deduction.amount,
        seq=held.seq + 1,
    )
    return Change(spent, (*current.rows, _deduction_row(spent, deduction, base, now)))


def sufficiency(account: Account, amount: int, tiers: Tiers, now: datetime) -> Sufficiency:
    """What a deduction of this amount would find now."""
    held = refreshed(account, tiers, now).account
    short = max(0, amount - held.available)
    return Sufficiency(not short, held.available, short, held.scope, held.next_refresh)


def row_id(account_id: str, operation: str) -> str:
    """Where an operation's row stands: found again by whoever knows the account and the key."""
    return derived_id(account_id, operation)


def fingerprint(deduction: Deduction) -> str:
    """What a repeated key must repeat."""
    parts = ["deduct", deduction.amount, deduction.task_type, deduction.metadata]
    return hashlib.sha256(json.dumps(parts, sort_keys=True).encode()).hexdigest()


def balance_view(account: Account) -> dict[str, Any]:
    """The balance as callers see it."""
    return {
        "accountId": account.account_id,
        "tier": account.tier,
        "includedTokens": account.included,
        "purchasedTokens": account.purchased,
        "totalUsedTokens": account.total_used,
        "heldTokens": 0,
        "debt": 0,
        "availableBaseTokens": account.available_base,
        "availablePurchasedTokens": account.purchased,
        "totalAvailable": account.available,
        "subscriptionStartDate": account.subscription_start,
        "billingCycleStartDate": account.cycle_start,
        "lastRefreshDate": account.last_refresh,
        "nextRefreshDate": account.next_refresh,
        "timeZone": account.time_zone,
    }


def _insufficient(account: Account, amount: int) -> InsufficientTokens:
    short = amount - account.available
    return InsufficientTokens(
        f"{account.available} token(s) available, {short} short.",
        available=account.available,
        shortBy=short,
        scope=account.scope,
        resetsAt=rfc3339(account.next_refresh),
    )


def _refresh_row(before: Account, after: Account, now: datetime) -> Row:
    return Row(
        row_id=row_id(after.account_id, f"refresh:{after.cycle}"),
        account_id=after.account_id,
        type="refresh",
        amount=after.included,
        at=now,
        seq=after.seq,
        available_after=after.available,
        metadata={"cycle": after.cycle, "skipped": after.cycle - before.cycle - 1},
        organization_id=after.organization_id,
    )


def _deduction_row(after: Account, deduction: Deduction, base: int, now: datetime) -> Row:
    return Row(
        row_id=row_id(after.account_id, deduction.operation),
        account_id=after.account_id,
        type="deduct",
        amount=deduction.amount,
        at=now,
        seq=after.seq,
        available_after=after.available,
        from_included=base,
        from_purchased=deduction.amount - base,
        task_type=deduction.task_type,
        metadata=deduction.metadata,
        organization_id=after.organization_id,
        fingerprint=fingerprint(deduction),
        result=balance_view(after),
    )
