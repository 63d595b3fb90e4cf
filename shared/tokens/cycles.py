"""Billing cycles: monthly, in the account's own time zone, always counted from the anchor.

Counting from the anchor keeps the 31st: Jan 31, Feb 28, Mar 31. Counting from the cycle before
would stay on the 28th for ever. A local time that a clock change skips becomes the first instant
after the gap; one that happens twice is its first occurrence.
"""

from calendar import monthrange
from datetime import UTC, datetime, timedelta
from functools import cache, lru_cache
from zoneinfo import ZoneInfo


@lru_cache(maxsize=4096)
def boundary(anchor: datetime, time_zone: str, n: int) -> datetime:
    """The start of cycle `n` (UTC); cycle 0 starts at the anchor."""
    local = anchor.astimezone(zone(time_zone))
    year, month = divmod(local.year * 12 + local.month - 1 + n, 12)
    day = min(local.day, monthrange(year, month + 1)[1])
    return _instant(
        local.replace(year=year, month=month + 1, day=day, fold=local.fold if n == 0 else 0)
    )


def index(anchor: datetime, time_zone: str, now: datetime) -> int:
    """The number of the cycle that holds `now`; 0 before the anchor."""
    there = zone(time_zone)
    start, local = anchor.astimezone(there), now.astimezone(there)
    n = (local.year - start.year) * 12 + local.month - start.month + 1
    while n > 0 and boundary(anchor, time_zone, n) > now:
        n -= 1
    return max(0, n)


@cache
def zone(name: str) -> ZoneInfo:
    """Raises LookupError, OSError or ValueError for what is none."""
    return ZoneInfo(name)


def _instant(local: datetime) -> datetime:
    utc = local.astimezone(UTC)
    skipped = utc.astimezone(local.tzinfo).replace(tzinfo=None) != local.replace(tzinfo=None)
    return _end_of_gap(local) if skipped else utc


def _end_of_gap(local: datetime) -> datetime:
    """The clock change itself, found between the readings of the two offsets around it."""
    zone = local.tzinfo
    low = local.replace(fold=1).astimezone(UTC).replace(microsecond=0)
    high = local.replace(fold=0).astimezone(UTC).replace(microsecond=0)
    before = low.astimezone(zone).utcoffset()
    while high - low > timedelta(seconds=1):
        middle = low + timedelta(seconds=(high - low) // timedelta(seconds=2))
        low, high = (
            (middle, high) if middle.astimezone(zone).utcoffset() == before else (low, middle)
        )
    return high
