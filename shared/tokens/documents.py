"""Accounts as they are stored: the names that the ecosystem's products use, and what we add.

`includedTokens`, `includedUsedTokens` and `purchasedTokens` are the truth for the two lots that
every account has; gifts and corrections stand beside them in `lots`.
"""

from collections.abc import Mapping
from typing import Any

from shared.kernel.errors import Conflict
from shared.tokens import cycles, fields, lots, maps
from shared.tokens.models import (
    INCLUDED,
    NO_LIMITS,
    PURCHASED,
    Account,
    Hold,
    Lot,
    Period,
    Usage,
)

Stored = dict[str, Any]
OPENED_BY = "openedBy"  # set on an account that a registration opened and nothing happened to yet
AT_TIMES = (  # members that a stored account has while they say something
    "organizationId",
    "lots",
    "holds",
    "limits",
    "memberUsed",
    "fired",
    "usage",
    "pendingTier",
    OPENED_BY,
)
NOT_IN_LOTS = (INCLUDED, PURCHASED)
BROKEN = (ArithmeticError, AttributeError, LookupError, OSError, TypeError, ValueError)


class DoesNotAddUp(Conflict):
    """A stored account whose members contradict each other, or are not what they should be."""

    def __init__(self, account_id: str) -> None:
        super().__init__("The account is under review.", reason=f"does_not_add_up:{account_id}")


def account_document(account: Account) -> Stored:
    """What the account has to say: what is empty is left out, for an index would hold it too."""
    said = {name: value for name, value in _at_times(account).items() if value}
    return _always(account) | said


def _always(account: Account) -> Stored:
    held_base = _held_base(account.holds, account.period.n)
    return {
        "userId": account.account_id,
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
        "openingTokens": account.opening,
        "status": "parked" if account.parked else "active",
        "seq": account.seq,
        "headHash": account.head,
    }


def _at_times(account: Account) -> Stored:
    return {
        "organizationId": account.organization_id,
        "lots": [maps.lot_map(lot) for lot in account.lots if lot.kind not in NOT_IN_LOTS],
        "holds": {hold.hold_id: maps.hold_map(hold) for hold in account.holds},
        "limits": maps.limits_map(account.limits) if account.limits != NO_LIMITS else None,
        "memberUsed": dict(account.member_used),
        "fired": sorted(account.fired),
        "usage": maps.usage_map(account.usage) if account.usage else None,
        "pendingTier": account.pending_tier,
    }


def account(account_id: str, row: Stored) -> Account:
    """The account; one that another product wrote is adopted with what it says.

    Raises DoesNotAddUp for one that makes no sense.
    """
    try:
        return _account(account_id, row)
    except BROKEN as broken:
        raise DoesNotAddUp(account_id) from broken


def _account(account_id: str, row: Stored) -> Account:
    included, used = fields.count(row["includedTokens"]), fields.count(row["totalUsedTokens"])
    bought_or_held, debt = fields.count(row["purchasedTokens"]), fields.count(row.get("debt", 0))
    period = _period(row)
    holds = tuple(maps.hold(name, held) for name, held in sorted(_members(row, "holds").items()))
    others = tuple(maps.lot(found) for found in row.get("lots") or ())
    base_used = fields.difference(row.get("includedUsedTokens", min(used, included)))
    base = max(0, included - base_used - _held_base(holds, period.n))
    bought = bought_or_held - _held_extra(holds) - sum(lot.left for lot in others)
    if bought < 0 or included + bought_or_held > fields.LARGEST:
        raise ValueError(bought)
    return Account(
        account_id=account_id,
        tier=fields.text(row.get("tier") or "free"),
        included=included,
        lots=_lots(base, bought, others),
        period=period,
        total_used=used,
        debt=debt,
        holds=holds,
        limits=maps.limits(_members(row, "limits")),
        member_used=fields.differences(row.get("memberUsed")),
        fired=fields.texts(row.get("fired")),
        usage=maps.day(row["usage"]) if row.get("usage") else None,
        pending_tier=fields.text_or_none(row.get("pendingTier")),
        organization_id=fields.text_or_none(row.get("organizationId")),
        opening=fields.difference(row.get("openingTokens", base + bought_or_held)),
        parked=row.get("status") == "parked",
        seq=fields.count(row.get("seq", 0)),
        head=fields.text(row.get("headHash") or ""),
    )


def today(account_id: str, row: Stored) -> Usage | None:
    """What a stored account has spent today; raises DoesNotAddUp."""
    try:
        return maps.day(row["usage"]) if row.get("usage") else None
    except BROKEN as broken:
        raise DoesNotAddUp(account_id) from broken


def _lots(base: int, bought: int, others: tuple[Lot, ...]) -> tuple[Lot, ...]:
    known = lots.put(others, lots.new_lot(INCLUDED, INCLUDED, base))
    return lots.put(known, lots.new_lot(PURCHASED, PURCHASED, bought))


def _members(row: Stored, name: str) -> Mapping[str, Any]:
    return fields.mapping(row.get(name))


def _period(row: Stored) -> Period:
    zone = fields.text(row.get("timeZone") or "UTC")
    cycles.zone(zone)  # a cycle may end later: only then would one that is none be noticed
    anchor = fields.moment(row["subscriptionStartDate"])
    start = fields.moment(row.get("billingCycleStartDate") or anchor)
    n = fields.count(row["cycle"]) if "cycle" in row else cycles.index(anchor, zone, start)
    end = row.get("nextRefreshDate")
    return Period(
        anchor=anchor,
        time_zone=zone,
        n=n,
        start=start,
        end=fields.latest(end)
        if end
        else cycles.boundary(anchor, zone, cycles.index(anchor, zone, start) + 1),
    )


def _held_base(holds: tuple[Hold, ...], cycle: int) -> int:
    """What is held of this cycle's included tokens; that of an older one has left the lot."""
    now = (hold for hold in holds if hold.cycle == cycle)
    return sum(lots.of_kind(hold.parts, INCLUDED) for hold in now)


def _held_extra(holds: tuple[Hold, ...]) -> int:
    return sum(hold.amount - lots.of_kind(hold.parts, INCLUDED) for hold in holds)
