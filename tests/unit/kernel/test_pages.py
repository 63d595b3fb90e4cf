"""Cursors: good for the list they came from, and a 400 anywhere else."""

import base64
import json
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.kernel.clock import rfc3339
from shared.kernel.errors import InvalidRequest
from shared.kernel.ids import SAFE_ID
from shared.kernel.pages import (
    decode_cursor,
    decode_id,
    decode_moment,
    encode_cursor,
    page_behind,
    page_of,
)

TEXT = st.text(st.characters(codec="utf-8"), max_size=20)


def spelled(content: bytes) -> str:
    return base64.urlsafe_b64encode(content).decode().rstrip("=")


@given(TEXT, st.lists(TEXT, max_size=3))
def test_a_cursor_gives_its_position_back(scope: str, position: list[str]) -> None:
    assert decode_cursor(encode_cursor(scope, *position), scope) == position


@given(st.datetimes(timezones=st.just(UTC)), st.from_regex(SAFE_ID, fullmatch=True))
def test_a_time_and_an_id_come_back(moment: datetime, name: str) -> None:
    cursor = encode_cursor("list", rfc3339(moment), name[:200])
    assert decode_moment(cursor, "list") == (moment, name[:200])
    assert decode_id(encode_cursor("list", name[:200]), "list") == name[:200]


ODD = ["", "..", "a/b", "__x__", "x" * 2000, "\0"]
TIMES = ["", "2026-01-01", "2026-01-01T00:00:00", "0001-01-01T00:00:00+01:00", "9" * 30]


@pytest.mark.parametrize("position", [[], *([odd] for odd in ODD), ["a", "b"]])
def test_what_is_no_id_is_refused(position: list[str]) -> None:
    with pytest.raises(InvalidRequest):
        decode_id(encode_cursor("list", *position), "list")


@pytest.mark.parametrize(
    "position",
    [
        [],
        ["2026-01-01T00:00:00Z"],
        ["2026-01-01T00:00:00Z", "a", "b"],
        *(["2026-01-01T00:00:00Z", odd] for odd in ODD),
        *([odd, "a"] for odd in TIMES),
    ],
)
def test_what_is_no_time_and_id_is_refused(position: list[str]) -> None:
    with pytest.raises(InvalidRequest):
        decode_moment(encode_cursor("list", *position), "list")


@given(st.lists(TEXT, unique=True, max_size=9), st.integers(1, 5))
def test_the_pages_of_a_list_at_hand_are_the_list(names: list[str], limit: int) -> None:
    found = {name: name for name in names}
    page = page_of(found, "list", limit, None)
    shown = list(page.items)
    while page.next_cursor:
        page = page_of(found, "list", limit, page.next_cursor)
        assert page.items
        shown += page.items
    assert shown == names


@pytest.mark.parametrize("position", [[], ["gone"], ["a", "b"]])
def test_a_position_that_is_gone_is_the_beginning(position: list[str]) -> None:
    cursor = encode_cursor("list", *position)
    assert page_of({"x": 1}, "list", 5, cursor).items == [1]


@given(TEXT, TEXT, st.lists(TEXT, max_size=3))
def test_a_cursor_of_another_list_is_refused(scope: str, other: str, position: list[str]) -> None:
    if scope != other:
        with pytest.raises(InvalidRequest):
            decode_cursor(encode_cursor(scope, *position), other)


@given(st.text() | st.binary().map(spelled))
def test_any_other_text_is_refused(text: str) -> None:
    with pytest.raises(InvalidRequest):
        decode_cursor(text, "a scope that nobody guesses")


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"null",
        b"1",
        b'"scope"',
        b"{}",
        b"[]",
        b'["scope", 1]',
        b'["scope", null]',
        b'["scope", ["x"]]',
        b'["scope", "\\ud800"]',
        b'["scope", NaN]',
        b"[" * 100_000,
        json.dumps(["scope"]).encode("utf-16"),
        b"\xef\xbb\xbf" + b'["scope"]',
        b'["scope", ' + b"9" * 5000 + b"]",
    ],
)
def test_a_forged_cursor_is_refused_where_it_is_not_a_list_of_texts(content: bytes) -> None:
    with pytest.raises(InvalidRequest):
        decode_cursor(spelled(content), "scope")


@given(st.lists(st.from_regex(SAFE_ID, fullmatch=True), unique=True, max_size=9), st.integers(1, 5))
def test_the_last_page_says_so_also_when_it_is_full(names: list[str], limit: int) -> None:
    names.sort()
    seen: list[str] = []
    cursor = None
    for _ in range(max(1, -(-len(names) // limit))):
        after = decode_cursor(cursor, "list")[0] if cursor else ""
        found = [name for name in names if name > after][: limit + 1]
        page = page_behind(found, limit, "list", lambda last: (last,))
        seen, cursor = [*seen, *page.items], page.next_cursor
    assert (seen, cursor) == (names, None)
