"""Base64url: what was written is read, and nothing else is."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.kernel.base64url import decoded, encoded


@given(st.binary(max_size=40))
def test_what_was_written_is_read(raw: bytes) -> None:
    text = encoded(raw)
    assert decoded(text) == raw
    assert "=" not in text


def read(text: str) -> bytes | None:
    try:
        return decoded(text)
    except ValueError:
        return None


@given(st.text("AQgw_-+/= é", max_size=9))
def test_nothing_has_two_spellings(text: str) -> None:
    raw = read(text)
    assert raw is None or encoded(raw) == text


@pytest.mark.parametrize("text", ["A", "QQ==", "QR", "Q Q", "Q+/", "QQ\n", "é"])
def test_another_spelling_is_refused(text: str) -> None:
    assert read("QQ") == b"A"
    assert read(text) is None
