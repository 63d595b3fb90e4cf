"""Looking back: an account's rows by page, and what it spent by day or by task."""

from collections import defaultdict
from collections.abc import Collection
from contextlib import suppress
from datetime import UTC, date, datetime, timedelta
from typing import NamedTuple

from shared.kernel.clock import Clock
from shared.kernel.errors import InvalidRequest
from shared.kernel.pages import Page, decode_cursor, encode_cursor
from shared.tokens.archive import Archive
from shared.tokens.models import Usage
from shared.tokens.rows import Entry

MOST_DAYS = 366
LARGEST = 2**63
INSTANT = timedelta(microseconds=1)
EARLIEST = datetime.min.replace(tzinfo=UTC)
Totals = dict[str, tuple[int, int]]


class Span(NamedTuple):
    """From a moment until before another; None is open."""

    start: datetime | None = None
    end: datetime | None = None


class History:
    """Reads only; costs the same whether an account has a hundred rows or a million."""

    def __init__(self, archive: Archive, clock: Clock) -> None:
        self._archive = archive
        self._clock = clock

    def rows(
        self, account_id: str, kind: str | None, span: Span, limit: int, cursor: str | None
    ) -> Page[Entry]:
        """Newest first. Times are turned into row numbers, at a read each."""
        scope = f"transactions:{account_id}:{kind}"
        lowest = self._archive.first_at(account_id, span.start) if span.start else 1
        highest = self._archive.last_before(account_id, span.end) if span.end else None
        if cursor:
            highest = _behind(decode_cursor(cursor, scope), highest)
        if lowest is None or highest == 0:
            return Page(())
        found = self._archive.rows(account_id, kind, lowest, highest, limit + 1)
        more = len(found) > limit
        last = encode_cursor(scope, str(found[limit - 1].seq)) if more else None
        return Page(found[:limit], last)

    def usage(self, account_id: str, group_by: str, span: Span) -> Totals:
        """Tokens and counts by day (in UTC), or by task type; of a year of days at most.

        The month so far where there is no start; days count in full.
        """
        last = _last_day(span.end) if span.end else self._clock().date()
        first = span.start.date() if span.start else last.replace(day=1)
        days = self._archive.days(account_id, first.isoformat(), last.isoformat(), MOST_DAYS + 1)
        if len(days) > MOST_DAYS:
            raise InvalidRequest(f"At most {MOST_DAYS} days with spending.", reason="span")
        return _by_day(days) if group_by == "day" else _by_task(days)


def _behind(position: list[str], highest: int | None) -> int:
    """The row number that a page ends at; the caller may have changed the cursor."""
    with suppress(ValueError):
        (text,) = position
        last = int(text)
        if str(last) == text and 0 < last < LARGEST:
            return last - 1 if highest is None else min(last - 1, highest)
    raise InvalidRequest("The cursor is not valid.", reason="broken_cursor")


def _last_day(end: datetime) -> date:
    """The day of the last moment before the end."""
    return (max(end, EARLIEST + INSTANT) - INSTANT).date()


def _by_day(days: list[Usage]) -> Totals:
    return {day.day: _sum(day.by_task.values()) for day in sorted(days, key=lambda day: day.day)}


def _by_task(days: list[Usage]) -> Totals:
    found: dict[str, list[tuple[int, int]]] = defaultdict(list)
    for day in days:
        for task, counted in day.by_task.items():
            found[task].append(counted)
    return {task: _sum(found[task]) for task in sorted(found)}


def _sum(counted: Collection[tuple[int, int]]) -> tuple[int, int]:
    return sum(tokens for tokens, _ in counted), sum(count for _, count in counted)
