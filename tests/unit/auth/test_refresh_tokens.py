"""Refresh tokens: only what we have written for this environment is read."""

import base64
import zlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.auth.refresh_tokens import Refresh, RefreshTokens
from shared.kernel.errors import InvalidCredentials

TOKENS = RefreshTokens(b"master", "live")
IDS = st.binary(min_size=16, max_size=16).map(bytes.hex)
REFRESH = Refresh("ab" * 16, "cd" * 16, 7, "refugio")
GOOD = TOKENS.write(REFRESH)
PREFIX = "hy_rt_live_"


def raw(text: str = GOOD) -> bytes:
    return base64.urlsafe_b64decode(text.removeprefix(PREFIX) + "==")


def spelled(content: bytes) -> str:
    return PREFIX + base64.urlsafe_b64encode(content).decode().rstrip("=")


def checked(content: bytes) -> str:
    """With a checksum that holds."""
    return spelled(content + zlib.crc32(PREFIX.encode() + content).to_bytes(4, "big"))


@given(st.builds(Refresh, IDS, IDS, st.integers(0, 2**32 - 1), st.none() | st.just("t-1:x@y.z")))
def test_what_is_written_is_read(refresh: Refresh) -> None:
    assert TOKENS.read(TOKENS.write(refresh)) == refresh


def test_a_successor_is_always_the_same_text() -> None:
    assert TOKENS.write(REFRESH) == RefreshTokens(b"master", "live").write(REFRESH)


MISSHAPEN = {
    "empty": "",
    "garbage": "x" * 100,
    "the prefix alone": PREFIX,
    "of another environment": RefreshTokens(b"master", "dev").write(REFRESH),
    "one short": GOOD[:-1],
    "one long": GOOD + "A",
    "padded": GOOD + "=",
    "noise behind": GOOD + "!!!!",
    "a space behind": GOOD + " ",
    "NUL": GOOD + "\0",
    "not ASCII": GOOD + "é",
    "half a character": GOOD + "\ud800",
    "1 MB": PREFIX + "A" * 1_000_000,
    "version 9": checked(b"\x09" + raw()[1:-4]),
    "too short": checked(raw()[:40]),
    "a wrong checksum": spelled(raw()[:-1] + bytes([raw()[-1] ^ 1])),
    "an access token": "eyJhbGciOiJFUzI1NiJ9.e30.e30",
}
FORGED = {
    "a wrong MAC": checked(raw()[:-5] + bytes([raw()[-5] ^ 1])),
    "another counter": checked(raw()[:36] + b"\x09" + raw()[37:-4]),
    "another tenant": checked(raw()[:37] + b"refugiX" + raw()[44:-4]),
    "another master's": RefreshTokens(b"other", "live").write(REFRESH),
}


@pytest.mark.parametrize("text", (MISSHAPEN | FORGED).values(), ids=(MISSHAPEN | FORGED).keys())
def test_anything_else_is_a_401(text: str) -> None:
    with pytest.raises(InvalidCredentials) as refused:
        TOKENS.read(text)
    assert refused.value.detail == ""


@pytest.mark.parametrize("text", FORGED.values(), ids=FORGED.keys())
def test_what_is_well_shaped_is_held_to_its_mac(text: str) -> None:
    with pytest.raises(InvalidCredentials) as refused:
        TOKENS.read(text)
    assert refused.value.reason == "refresh_mac"


@given(st.text() | st.binary().map(checked) | st.binary(min_size=57, max_size=80).map(spelled))
def test_any_text_at_all_is_a_401(text: str) -> None:
    with pytest.raises(InvalidCredentials):
        TOKENS.read(text)


@given(st.integers(0, len(GOOD) - 1), st.characters(codec="ascii"))
def test_a_token_with_one_character_changed_is_refused(place: int, other: str) -> None:
    changed = GOOD[:place] + other + GOOD[place + 1 :]
    if changed != GOOD:
        with pytest.raises(InvalidCredentials):
            TOKENS.read(changed)
