"""Accounts and rows as they are stored, under the names that the ecosystem's products use."""

from datetime import UTC, datetime
from typing import Any

from shared.tokens.cycles import boundary, index
from shared.tokens.models import Account, Row


def account_document(account: Account) -> dict[str, Any]:
    return {
        "userId": account.account_id,
        "organizationId": account.organization_id,
        "tier": account.tier,
        "includedTokens": account.included,
        "includedUsedTokens": account.included_used,
        "purchasedTokens": account.purchased,
        "totalUsedTokens": account.total_used,
        "subscriptionStartDate": account.subscription_start,
        "billingCycleStartDate": account.cycle_start,
        "lastRefreshDate": account.last_refresh,
        "nextRefreshDate": account.next_refresh,
        "timeZone": account.time_zone,
        "cycle": account.cycle,
        "seq": account.seq,
    }


def account(account_id: str, row: dict[str, Any]) -> Account:
    """The account; one that another product wrote is adopted with what it says."""
    included, used = int(row["includedTokens"]), int(row["totalUsedTokens"])
    zone = row.get("timeZone") or "UTC"
    start = _utc(row["subscriptionStartDate"])
    began = _utc(row.get("billingCycleStartDate") or start)
    return Account(
        account_id=account_id,
        tier=row.get("tier") or "free",
        included=included,
        included_used=int(row.get("includedUsedTokens", min(used, included))),
        purchased=int(row["purchasedTokens"]),
        total_used=used,
        subscription_start=start,
        cycle_start=began,
        last_refresh=_utc(row.get("lastRefreshDate") or began),
        next_refresh=_utc(row.get("nextRefreshDate") or _next(start, zone, began)),
        time_zone=zone,
        cycle=int(row.get("cycle", index(start, zone, began))),
        seq=int(row.get("seq", 0)),
        organization_id=row.get("organizationId"),
    )


def row_document(row: Row) -> dict[str, Any]:
    return {
        "accountId": row.account_id,
        "userId": row.account_id,
        "organizationId": row.organization_id,
        "type": row.type,
        "amount": row.amount,
        "fromIncluded": row.from_included,
        "fromPurchased": row.from_purchased,
        "taskType": row.task_type,
        "metadata": dict(row.metadata) if row.metadata is not None else None,
        "timestamp": row.at,
        "availableAfter": row.available_after,
        "seq": row.seq,
        "fingerprint": row.fingerprint,
        "result": dict(row.result) if row.result is not None else None,
    }


def row(row_id: str, stored: dict[str, Any]) -> Row:
    return Row(
        row_id=row_id,
        account_id=stored["accountId"],
        type=stored["type"],
        amount=stored["amount"],
        at=stored["timestamp"],
        seq=stored["seq"],
        available_after=stored["availableAfter"],
        from_included=stored["fromIncluded"],
        from_purchased=stored["fromPurchased"],
        task_type=stored["taskType"],
        metadata=stored["metadata"],
        organization_id=stored["organizationId"],
        fingerprint=stored["fingerprint"],
        result=stored["result"],
    )


def _next(start: datetime, zone: str, began: datetime) -> datetime:
    return boundary(start, zone, index(start, zone, began) + 1)


def _utc(moment: datetime) -> datetime:
    """A plain UTC datetime: the store's own kind carries nanoseconds that no rule needs."""
    return datetime.fromtimestamp(moment.timestamp(), UTC)
