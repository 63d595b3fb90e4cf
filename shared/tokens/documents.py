"""Accounts as they are stored: the names that the ecosystem's products use, and what we add.

`includedTokens`, `includedUsedTokens` and `purchasedTokens` are the truth for the two lots that
every account has; gifts and corrections stand beside them in `lots`.
"""

from datetime import UTC, datetime
from typing import Any

from shared.tokens import lots
from shared.tokens.cycles import boundary, index
from shared.tokens.models import (
    INCLUDED,
    PURCHASED,
    Account,
    Hold,
    Limits,
    Lot,
    Part,
    Period,
    Usage,
)

Stored = dict[str, Any]
NOT_IN_LOTS = (INCLUDED, PURCHASED)


class DoesNotAddUp(ValueError):
    """A stored account whose numbers contradict each other."""


def account_document(account: Account) -> Stored:
    held_base = _held_base(account.holds, account.period.n)
    return {
        "userId": account.account_id,
        "organizationId": account.organization_id,
        "tier": account.tier,
        "includedTokens": account.included,
        "includedUsedTokens": account.included - account.base - held_base,
        "purchasedTokens": account.extra + _held_extra(account.holds),
        "totalUsedTokens": account.total_used,
        "heldTokens": account.held,
        "debt": account.debt,
        "subscriptionStartDate": account.period.anchor,
        "billingCycleStartDate": account.period.start,
        "lastRefreshDate": account.period.start,
        "nextRefreshDate": account.period.end,
        "timeZone": account.period.time_zone,
        "cycle": account.period.n,
        "lots": [_lot_map(lot) for lot in account.lots if lot.kind not in NOT_IN_LOTS],
        "holds": {hold.hold_id: _hold_map(hold) for hold in account.holds},
        "limits": _limits_map(account.limits),
        "memberUsed": dict(account.member_used),
        "fired": sorted(account.fired),
        "usage": usage_map(account.usage) if account.usage else None,
        "pendingTier": account.pending_tier,
        "openingTokens": account.opening,
        "status": "parked" if account.parked else "active",
        "seq": account.seq,
        "headHash": account.head,
    }


def account(account_id: str, row: Stored) -> Account:
    """The account; one that another product wrote is adopted with what it says.

    Raises DoesNotAddUp for one that makes no sense.
    """
    try:
        return _account(account_id, row)
    except (AttributeError, KeyError, OSError, TypeError, ValueError) as broken:
        raise DoesNotAddUp(account_id) from broken


def _account(account_id: str, row: Stored) -> Account:
    included, used = int(row["includedTokens"]), int(row["totalUsedTokens"])
    period = _period(row)
    holds = tuple(_hold(name, found) for name, found in sorted((row.get("holds") or {}).items()))
    others = tuple(_lot(found) for found in row.get("lots") or ())
    base_used = int(row.get("includedUsedTokens", min(used, included)))
    base = included - base_used - _held_base(holds, period.n)
    bought = int(row["purchasedTokens"]) - _held_extra(holds) - sum(lot.left for lot in others)
    if min(bought, int(row.get("debt", 0)), *(lot.left for lot in others)) < 0:
        raise DoesNotAddUp(account_id)
    return Account(
        account_id=account_id,
        tier=row.get("tier") or "free",
        included=included,
        lots=_lots(max(0, base), bought, others),
        period=period,
        total_used=used,
        debt=int(row.get("debt", 0)),
        holds=holds,
        limits=_limits(row.get("limits") or {}),
        member_used=row.get("memberUsed") or {},
        fired=frozenset(row.get("fired") or ()),
        usage=day(row["usage"]) if row.get("usage") else None,
        pending_tier=row.get("pendingTier"),
        organization_id=row.get("organizationId"),
        opening=int(row.get("openingTokens", max(0, base) + int(row["purchasedTokens"]))),
        parked=row.get("status") == "parked",
        seq=int(row.get("seq", 0)),
        head=row.get("headHash") or "",
    )


def usage_map(usage: Usage) -> Stored:
    tasks = [
        {"task": task, "tokens": tokens, "count": count}
        for task, (tokens, count) in sorted(usage.by_task.items())
    ]
    return {"day": usage.day, "tasks": tasks}


def day(found: Stored) -> Usage:
    return Usage(found["day"], {t["task"]: (t["tokens"], t["count"]) for t in found["tasks"]})


def utc(moment: datetime) -> datetime:
    """A plain UTC datetime: the store's own kind carries nanoseconds that no rule needs."""
    return datetime.fromtimestamp(moment.timestamp(), UTC)


def part_map(part: Part) -> Stored:
    return {"lot": part.lot_id, "kind": part.kind, "amount": part.amount}


def part(found: Stored) -> Part:
    return Part(found["lot"], found["kind"], found["amount"])


def _lots(base: int, bought: int, others: tuple[Lot, ...]) -> tuple[Lot, ...]:
    known = lots.put(others, lots.new_lot(INCLUDED, INCLUDED, base))
    return lots.put(known, lots.new_lot(PURCHASED, PURCHASED, bought))


def _period(row: Stored) -> Period:
    zone, anchor = row.get("timeZone") or "UTC", utc(row["subscriptionStartDate"])
    start = utc(row.get("billingCycleStartDate") or anchor)
    n = index(anchor, zone, start)
    end = row.get("nextRefreshDate")
    return Period(
        anchor=anchor,
        time_zone=zone,
        n=int(row.get("cycle", n)),
        start=start,
        end=utc(end) if end else boundary(anchor, zone, n + 1),
    )


def _held_base(holds: tuple[Hold, ...], cycle: int) -> int:
    """What is held of this cycle's included tokens; that of an older one has left the lot."""
    now = (hold for hold in holds if hold.cycle == cycle)
    return sum(lots.of_kind(hold.parts, INCLUDED) for hold in now)


def _held_extra(holds: tuple[Hold, ...]) -> int:
    return sum(hold.amount - lots.of_kind(hold.parts, INCLUDED) for hold in holds)


def _lot_map(lot: Lot) -> Stored:
    return {
        "id": lot.lot_id,
        "kind": lot.kind,
        "left": lot.left,
        "priority": lot.priority,
        "expiresAt": lot.expires_at,
    }


def _lot(found: Stored) -> Lot:
    end = found["expiresAt"] and utc(found["expiresAt"])
    return Lot(found["id"], found["kind"], found["left"], found["priority"], end)


def _hold_map(hold: Hold) -> Stored:
    return {
        "parts": [part_map(part) for part in hold.parts],
        "expiresAt": hold.expires_at,
        "cycle": hold.cycle,
        "taskType": hold.task_type,
        "actor": hold.actor,
    }


def _hold(hold_id: str, found: Stored) -> Hold:
    return Hold(
        hold_id,
        tuple(part(item) for item in found["parts"]),
        utc(found["expiresAt"]),
        found["cycle"],
        found["taskType"],
        found["actor"],
    )


def _limits_map(limits: Limits) -> Stored:
    caps = dict(limits.member_caps)
    return {"overage": limits.overage, "cap": limits.cap, "memberCaps": caps}


def _limits(found: Stored) -> Limits:
    return Limits(found.get("overage", "deny"), found.get("cap", 0), found.get("memberCaps", {}))
