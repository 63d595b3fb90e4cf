"""Rows of the ledger as they are stored: immutable, in a chain of hashes for each account.

A row's hash covers the hash before it and all of its own members, so that none can be changed,
removed or swapped without the rest showing it.
"""

import hashlib
from collections.abc import Iterable, Sequence
from contextlib import suppress
from datetime import datetime
from typing import Any

import orjson

from shared.kernel.clock import rfc3339
from shared.tokens.fields import utc
from shared.tokens.lots import of_kind
from shared.tokens.maps import part, part_map
from shared.tokens.models import INCLUDED, Account
from shared.tokens.postings import HELD, OWED
from shared.tokens.rows import Entry, Row

Stored = dict[str, Any]


def sealed(head: str, rows: Sequence[Row], marks: Sequence[str]) -> list[Stored]:
    """The documents of rows that follow the row with hash `head`, each with its own hash."""
    documents = []
    for row, mark in zip(rows, marks, strict=True):
        document = _document(row, mark) | {"prevHash": head}
        head = document["hash"] = row_hash(document)
        documents.append(document)
    return documents


def row_hash(document: Stored) -> str:
    """SHA-256 over the row's canonical JSON: sorted members, times in RFC 3339."""
    content = {name: value for name, value in document.items() if name != "hash"}
    options = orjson.OPT_SORT_KEYS | orjson.OPT_PASSTHROUGH_DATETIME
    return hashlib.sha256(orjson.dumps(content, default=_moment, option=options)).hexdigest()


def broken_at(documents: Iterable[Stored], head: str = "", behind: int = 0) -> int | None:
    """The number of the first row that does not follow; None if all do.

    Rows come in order, from the first one behind row number `behind`, whose hash is `head`.
    """
    for seq, document in enumerate(documents, start=behind + 1):
        follows = (document.get("prevHash"), document.get("seq")) == (head, seq)
        if not follows or not _is_sealed(document):
            return seq
        head = document["hash"]
    return None


def _is_sealed(document: Stored) -> bool:
    """What no row can hold was never hashed."""
    with suppress(TypeError, ValueError):
        return row_hash(document) == document.get("hash")
    return False


def entry(row_id: str, stored: Stored) -> Entry:
    parts = tuple(part(found) for found in stored.get("split", ()))
    return Entry(
        row_id=row_id,
        account_id=stored["accountId"],
        type=stored["type"],
        amount=stored["amount"],
        at=utc(stored["timestamp"]),
        seq=stored["seq"],
        cycle=stored["cycle"],
        available_after=stored["availableAfter"],
        from_included=stored["fromIncluded"],
        from_purchased=stored["fromPurchased"],
        parts=parts,
        fingerprint=stored.get("fingerprint", ""),
        result=stored.get("result"),
        task_type=stored.get("taskType"),
        actor=stored.get("actor"),
        metadata=stored.get("metadata"),
        reference=stored.get("reference"),
    )


def balance_view(account: Account) -> Stored:
    """The balance as callers see it."""
    return {
        "accountId": account.account_id,
        "tier": account.tier,
        "includedTokens": account.included,
        "purchasedTokens": account.extra + _held_extra(account),
        "totalUsedTokens": account.total_used,
        "heldTokens": account.held,
        "debt": account.debt,
        "availableBaseTokens": account.base,
        "availablePurchasedTokens": account.extra,
        "totalAvailable": account.available,
        "subscriptionStartDate": account.period.anchor,
        "billingCycleStartDate": account.period.start,
        "lastRefreshDate": account.period.start,
        "nextRefreshDate": account.period.end,
        "timeZone": account.period.time_zone,
    }


def _document(row: Row, mark: str) -> Stored:
    """What the row says; what it says nothing of is left out, for an index would hold it too."""
    said = _members(row, mark)
    return {name: value for name, value in said.items() if value is not None}


def _members(row: Row, mark: str) -> Stored:
    base, account = of_kind(row.parts, INCLUDED), row.after
    return {
        "accountId": account.account_id,
        "userId": account.account_id,
        "organizationId": account.organization_id,
        "type": row.type,
        "amount": row.amount,
        "fromIncluded": base,
        "fromPurchased": sum(found.amount for found in row.parts) - base,
        "split": [part_map(found) for found in row.parts] or None,
        "netAvailable": _net_available(row),
        "postings": [{"book": book, "amount": amount} for book, amount in row.postings],
        "taskType": row.task_type,
        "actor": row.actor,
        "metadata": dict(row.metadata) if row.metadata is not None else None,
        "reference": row.reference,
        "timestamp": row.at,
        "cycle": account.period.n,
        "availableAfter": account.available,
        "seq": account.seq,
        "fingerprint": mark or None,
        "result": balance_view(account) if mark else None,
    }


def _net_available(row: Row) -> int:
    """What the row added to what can be spent: the sum of these is what rows and state share."""
    own = (a for book, a in row.postings if book.startswith("user:") and book not in (HELD, OWED))
    return sum(own)


def _held_extra(account: Account) -> int:
    return sum(hold.amount - of_kind(hold.parts, INCLUDED) for hold in account.holds)


def _moment(value: object) -> str:
    if isinstance(value, datetime):
        return rfc3339(value)
    raise TypeError(type(value).__name__)
