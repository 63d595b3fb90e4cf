"""Cursors: good for the list they came from, and a 400 anywhere else."""

import base64
import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.kernel.errors import InvalidRequest
from shared.kernel.pages import decode_cursor, encode_cursor, page_of

TEXT = st.text(st.characters(codec="utf-8"), max_size=20)


def spelled(content: bytes) -> str:
    return base64.urlsafe_b64encode(content).decode().rstrip("=")


@given(TEXT, st.lists(TEXT, max_size=3))
def test_a_cursor_gives_its_position_back(scope: str, position: list[str]) -> None:
    assert decode_cursor(encode_cursor(scope, *position), scope) == position


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
