"""Arithmetic on lots: taking in their order, giving back to where it came from."""

from collections.abc import Iterable
from datetime import UTC, datetime

from shared.tokens.models import ADJUST, INCLUDED, PURCHASED, ROLLOVER, Lot, Part

# What would lapse first is spent first; what was paid for, last.
PRIORITIES = {ROLLOVER: 10, INCLUDED: 20, "promo": 30, ADJUST: 40, PURCHASED: 50}
OF_A_CYCLE = (INCLUDED, ROLLOVER)
WITHOUT_END = (PURCHASED, ADJUST)
NEVER = datetime.max.replace(tzinfo=UTC)

Lots = tuple[Lot, ...]
Parts = tuple[Part, ...]


def take(lots: Lots, amount: int) -> tuple[Lots, Parts]:
    """Take up to `amount`; the parts say what was found."""
    parts, rest = [], []
    for lot in lots:
        taken = min(lot.left, amount)
        amount -= taken
        if taken:
            parts.append(Part(lot.lot_id, lot.kind, taken))
            lot = lot._replace(left=lot.left - taken)
        rest.append(lot)
    return tuple(rest), tuple(parts)


def put(lots: Lots, lot: Lot) -> Lots:
    """Add tokens: to the lot of that id, else as a new lot in its place."""
    found = {known.lot_id: known for known in lots}
    known = found.get(lot.lot_id)
    found[lot.lot_id] = known._replace(left=known.left + lot.left) if known else lot
    return tuple(sorted(found.values(), key=_order))


def new_lot(lot_id: str, kind: str, amount: int, expires_at: datetime | None = None) -> Lot:
    return Lot(lot_id, kind, amount, PRIORITIES[kind], expires_at)


def lapsed(lots: Lots, now: datetime) -> Parts:
    """What is left in lots that have expired."""
    return _some(Part(lot.lot_id, lot.kind, lot.left) for lot in lots if _expired(lot, now))


def living(lots: Lots, now: datetime) -> Lots:
    return tuple(lot for lot in lots if not _expired(lot, now))


def first(parts: Iterable[Part], amount: int) -> tuple[Parts, Parts]:
    """The first `amount` tokens of the parts, and the rest of them."""
    ahead, behind = [], []
    for part in parts:
        taken = min(part.amount, amount)
        amount -= taken
        ahead.append(part._replace(amount=taken))
        behind.append(part._replace(amount=part.amount - taken))
    return _some(ahead), _some(behind)


def returned(known: Lots, parts: Parts, current: bool) -> tuple[Parts, Parts]:
    """What can go back to its lot, and what lapsed with its cycle (unless `current`) or its lot."""
    there = {lot.lot_id for lot in known}
    returns = [_returns(part, there, current) for part in parts]
    back = tuple(part for part, ok in zip(parts, returns, strict=True) if ok)
    return back, tuple(part for part, ok in zip(parts, returns, strict=True) if not ok)


def put_back(known: Lots, parts: Iterable[Part]) -> Lots:
    for part in parts:
        known = put(known, new_lot(part.lot_id, part.kind, part.amount))
    return known


def total(parts: Iterable[Part]) -> int:
    return sum(part.amount for part in parts)


def of_kind(parts: Iterable[Part], kind: str) -> int:
    return sum(part.amount for part in parts if part.kind == kind)


def _some(parts: Iterable[Part]) -> Parts:
    return tuple(part for part in parts if part.amount)


def _returns(part: Part, there: set[str], current: bool) -> bool:
    if part.kind in OF_A_CYCLE:
        return current
    return part.kind in WITHOUT_END or part.lot_id in there


def _expired(lot: Lot, now: datetime) -> bool:
    return lot.expires_at is not None and lot.expires_at <= now


def _order(lot: Lot) -> tuple[int, datetime, str]:
    return lot.priority, lot.expires_at or NEVER, lot.lot_id
