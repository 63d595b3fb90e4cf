"""Looking back on an account."""

from datetime import UTC, datetime, timedelta

import pytest
from google.cloud.firestore_v1.base_query import FieldFilter

from shared.kernel.errors import InvalidRequest
from shared.kernel.pages import encode_cursor
from shared.tokens.commands import Deduct
from shared.tokens.history import Span
from shared.tokens.ledger import broken_at
from shared.tokens.service import Tokens
from shared.wiring import Wiring
from tests.builders import NEW_YEAR
from tests.emulator.conftest import SetClock
from tests.emulator.tokens.conftest import never

DAY = timedelta(days=1)


@pytest.fixture
def spender(tokens: Tokens, clock: SetClock, account_id: str) -> str:
    """Spends 1, 2, 3 by chat and 4 by image, a deduction a day from New Year 2027."""
    for day, task in enumerate(("chat", "chat", "chat", "image")):
        clock.moment = NEW_YEAR + timedelta(days=365 + day)
        tokens.deduct(account_id, Deduct(f"op-{day}", day + 1, task), never)
    return account_id


def seen(wiring: Wiring, account_id: str, kind: str | None, span: Span, limit: int) -> list[int]:
    """The amounts of all rows, page after page."""
    page = wiring.history.rows(account_id, kind, span, limit, None)
    found = [entry.amount for entry in page.items]
    while page.next_cursor:
        page = wiring.history.rows(account_id, kind, span, limit, page.next_cursor)
        found += [entry.amount for entry in page.items]
    return found


@pytest.mark.parametrize("limit", [1, 2, 100])
def test_rows_come_newest_first_whatever_the_page(wiring: Wiring, spender: str, limit: int) -> None:
    assert seen(wiring, spender, "deduct", Span(), limit) == [4, 3, 2, 1]
    assert seen(wiring, spender, None, Span(), limit) == [4, 3, 2, 1, 100]


def test_rows_can_be_limited_to_a_span(wiring: Wiring, spender: str) -> None:
    start = NEW_YEAR + timedelta(days=366)
    assert seen(wiring, spender, None, Span(start, start + 2 * DAY), 10) == [3, 2]
    assert seen(wiring, spender, None, Span(start + 10 * DAY), 10) == []


def test_a_cursor_of_another_list_is_refused(wiring: Wiring, spender: str) -> None:
    cursor = wiring.history.rows(spender, None, Span(), 1, None).next_cursor
    with pytest.raises(InvalidRequest):
        wiring.history.rows(spender, "deduct", Span(), 1, cursor)


def test_rows_of_one_moment_are_all_within_a_span(
    wiring: Wiring, clock: SetClock, account_id: str
) -> None:
    clock.moment = NEW_YEAR + timedelta(days=365)
    for number in range(5):
        wiring.tokens.deduct(account_id, Deduct(f"op-{number}", number + 1), never)
    from_then = Span(clock.moment)
    until_then = Span(end=clock.moment + timedelta(microseconds=1))
    for span in (from_then, until_then):
        assert seen(wiring, account_id, None, span, 10) == [5, 4, 3, 2, 1, 100]


@pytest.mark.parametrize(
    "position",
    [(), ("",), ("abc",), ("1.5",), ("-5",), ("0",), (" 2",), ("02",), ("9" * 30,), ("1", "2")],
)
def test_a_cursor_that_was_tampered_with_is_refused(
    wiring: Wiring, spender: str, position: tuple[str, ...]
) -> None:
    cursor = encode_cursor(f"transactions:{spender}:None", *position)
    with pytest.raises(InvalidRequest):
        wiring.history.rows(spender, None, Span(), 1, cursor)


def test_a_cursor_leads_to_nothing_outside_the_span(wiring: Wiring, spender: str) -> None:
    cursor = wiring.history.rows(spender, None, Span(), 1, None).next_cursor
    before = Span(end=NEW_YEAR + timedelta(days=366))
    page = wiring.history.rows(spender, None, before, 9, cursor)
    assert [entry.amount for entry in page.items] == [1, 100]


def test_usage_counts_by_day_and_by_task(wiring: Wiring, spender: str) -> None:
    span = Span(NEW_YEAR + timedelta(days=366), NEW_YEAR + timedelta(days=380))
    by_day = {"2027-01-02": (2, 1), "2027-01-03": (3, 1), "2027-01-04": (4, 1)}
    assert wiring.history.usage(spender, "day", span) == by_day
    assert wiring.history.usage(spender, "taskType", span) == {"chat": (5, 2), "image": (4, 1)}


def test_usage_of_any_span_has_at_most_a_years_days(wiring: Wiring, spender: str) -> None:
    ever = Span(NEW_YEAR - timedelta(days=9_000), NEW_YEAR + timedelta(days=9_000))
    assert list(wiring.history.usage(spender, "taskType", ever)) == ["chat", "image"]
    usage = wiring.hub.collection("token_usage")
    (row, *_) = usage.where(filter=FieldFilter("accountId", "==", spender)).get()
    for number in range(366):
        day = (NEW_YEAR - timedelta(days=number + 1)).date().isoformat()
        usage.document(f"{spender}_{day}").set((row.to_dict() or {}) | {"day": day})
    with pytest.raises(InvalidRequest):
        wiring.history.usage(spender, "day", ever)


def test_usage_ends_before_the_end_of_its_span(wiring: Wiring, spender: str) -> None:
    first = NEW_YEAR + timedelta(days=365)
    days = [wiring.history.usage(spender, "day", Span(first, first + n * DAY)) for n in range(3)]
    assert [list(found) for found in days] == [[], ["2027-01-01"], ["2027-01-01", "2027-01-02"]]
    backwards = Span(first + 3 * DAY, first)
    assert wiring.history.usage(spender, "day", backwards) == {}
    dawn = datetime.min.replace(tzinfo=UTC)
    assert wiring.history.usage(spender, "day", Span(dawn, dawn)) == {}


def test_usage_without_a_start_is_that_of_the_month(wiring: Wiring, spender: str) -> None:
    until = NEW_YEAR + timedelta(days=366, hours=1)
    found = wiring.history.usage(spender, "day", Span(end=until))
    assert list(found) == ["2027-01-01", "2027-01-02"]


def test_the_chain_of_an_account_holds(wiring: Wiring, spender: str) -> None:
    rows = wiring.archive.chain(spender, after=0, limit=100)
    assert broken_at(rows) is None
    assert broken_at([rows[0], *rows[2:]]) == 2
    assert broken_at([*rows[:2], {**rows[2], "amount": 99}]) == 3
