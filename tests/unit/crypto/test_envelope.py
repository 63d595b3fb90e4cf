"""A sealed value opens where it was sealed, by its key, unchanged; and in no other case."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.crypto.envelope import DataKey, kid_of, new_secret, prefixed
from shared.crypto.models import Place, Unreadable

SECRET = bytes(range(32))
KEY = DataKey("k-1", SECRET, "live")
PLACE = Place("tenant", "streams", "order-1/1", "email")
SEALED = KEY.seal(PLACE, b"ana@example.org")


@given(st.binary(max_size=64))
def test_what_is_sealed_is_opened(content: bytes) -> None:
    assert KEY.open(PLACE, KEY.seal(PLACE, content)) == content


def test_its_form_names_the_key_and_tells_nothing_else() -> None:
    form, kid, nonce, _ = SEALED.split(".")
    assert (form, kid, len(nonce)) == ("enc1", "k-1", 16)
    assert kid_of(SEALED) == "k-1"
    assert KEY.seal(PLACE, b"ana@example.org") != SEALED


WORDS = st.text("ab/-1", max_size=3)
PLACES = st.builds(Place, WORDS, WORDS, WORDS, WORDS)
KEYS = st.builds(lambda number, env: DataKey(f"k-{number}", SECRET, env), st.integers(1, 2), WORDS)


@given(PLACES, PLACES, KEYS, KEYS)
def test_it_opens_where_it_was_sealed_and_nowhere_else(
    place: Place, other: Place, key: DataKey, reader: DataKey
) -> None:
    """Environment, version, tenant, collection, document, field: whichever differs."""
    text = key.seal(place, b"x")
    if (place, key.kid, key._environment) == (other, reader.kid, reader._environment):
        assert reader.open(other, text) == b"x"
        return
    for claimed in (text, text.replace(key.kid, reader.kid, 1)):
        with pytest.raises(Unreadable):
            reader.open(other, claimed)


@given(st.integers(0, len(SEALED) * 7 - 1))
def test_any_flipped_bit_is_a_conflict(bit: int) -> None:
    at = bit // 7
    damaged = SEALED[:at] + chr(ord(SEALED[at]) ^ (1 << bit % 7)) + SEALED[at + 1 :]
    with pytest.raises(Unreadable) as refused:
        KEY.open(PLACE, damaged)
    assert (refused.value.code, refused.value.status) == ("conflict", 409)


@given(st.integers(0, len(SEALED) - 1))
def test_a_truncated_text_is_unreadable(length: int) -> None:
    with pytest.raises(Unreadable):
        KEY.open(PLACE, SEALED[:length])


def test_places_that_read_alike_are_apart() -> None:
    assert prefixed("a", "bc") != prefixed("ab", "c") != prefixed("abc")
    shifted = PLACE._replace(tenant_id="tenantstreams", collection="")
    with pytest.raises(Unreadable):
        KEY.open(shifted, SEALED)


@pytest.mark.parametrize(
    "other",
    [
        DataKey("k-1", new_secret(), "live"),
        DataKey("k-2", SECRET, "live"),
        DataKey("k-1", SECRET, "dev"),
    ],
    ids=["another secret", "another version", "another environment"],
)
def test_no_other_key_opens_it(other: DataKey) -> None:
    with pytest.raises(Unreadable):
        other.open(PLACE, SEALED)


@given(st.integers(0, len(SEALED) - 1), st.sampled_from("AQ_-.x=+/ é\0"))
def test_any_other_text_is_unreadable(at: int, letter: str) -> None:
    damaged = SEALED[:at] + letter + SEALED[at + 1 :]
    if damaged != SEALED:
        with pytest.raises(Unreadable):
            KEY.open(PLACE, damaged)


@pytest.mark.parametrize("text", ["", "enc1", "enc1.k-1", "enc1.k-1..", SEALED[:-1], SEALED + "A"])
def test_what_is_no_sealed_value_is_unreadable(text: str) -> None:
    with pytest.raises(Unreadable):
        KEY.open(PLACE, text)


@pytest.mark.parametrize("text", ["", "enc0.k.n.c", "plain"])
def test_another_form_names_no_key(text: str) -> None:
    with pytest.raises(Unreadable):
        kid_of(text)


def test_a_mark_is_the_key_s_own() -> None:
    assert KEY.mark(b"a") == DataKey("k-2", SECRET, "live").mark(b"a") != KEY.mark(b"b")
    assert KEY.mark(b"a") != DataKey("k-1", new_secret(), "live").mark(b"a")
