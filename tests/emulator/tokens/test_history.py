"""Looking back on an account."""

from datetime import timedelta

import pytest

from shared.kernel.errors import InvalidRequest
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


def test_usage_counts_by_day_and_by_task(wiring: Wiring, spender: str) -> None:
    span = Span(NEW_YEAR + timedelta(days=366), NEW_YEAR + timedelta(days=380))
    by_day = {"2027-01-02": (2, 1), "2027-01-03": (3, 1), "2027-01-04": (4, 1)}
    assert wiring.history.usage(spender, "day", span) == by_day
    assert wiring.history.usage(spender, "taskType", span) == {"chat": (5, 2), "image": (4, 1)}


def test_the_chain_of_an_account_holds(wiring: Wiring, spender: str) -> None:
    rows = wiring.archive.chain(spender, after=0, limit=100)
    assert broken_at(rows) is None
    assert broken_at([rows[0], *rows[2:]]) == 2
    assert broken_at([*rows[:2], {**rows[2], "amount": 99}]) == 3
