"""Ids: derived ones are the same for the same parts alone; a caller's are never a path."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.kernel.ids import derived_id, derived_uuid, is_safe_id, new_id

PARTS = st.lists(st.text(st.sampled_from("a1:|/"), max_size=4), max_size=4)


@given(PARTS, PARTS)
def test_derived_ids_are_equal_for_equal_parts_alone(one: list[str], other: list[str]) -> None:
    assert (derived_id(*one) == derived_id(*other)) is (one == other)
    assert (derived_uuid(*one) == derived_uuid(*other)) is (one == other)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        (("a", "bc"), ("ab", "c")),
        (("a/b", "c"), ("a", "b/c")),
        (("a",), ("a", "")),
        (("1:a",), ("a",)),
        (("a1:b",), ("a", "b")),
        ((), ("",)),
    ],
)
def test_where_a_part_ends_makes_a_difference(one: tuple[str, ...], other: tuple[str, ...]) -> None:
    assert derived_id(*one) != derived_id(*other)


@given(st.lists(st.text(st.characters(codec="utf-8"))))
def test_a_derived_id_is_safe_whatever_it_is_made_of(parts: list[str]) -> None:
    assert re.fullmatch("[0-9a-f]{40}", derived_id(*parts))
    assert is_safe_id(derived_uuid(*parts))


def test_new_ids_differ_and_are_safe() -> None:
    made = {new_id() for _ in range(100)}
    assert len(made) == 100
    assert all(map(is_safe_id, made))


@pytest.mark.parametrize(
    "text", ["a", "refugio", "user@x.example", "a.b", "...", "_", "__x", "x" * 128]
)
def test_usual_ids_are_safe(text: str) -> None:
    assert is_safe_id(text)


UNSAFE = [
    "",
    ".",
    "..",
    "__x__",
    "____",
    "a/b",
    "a b",
    "a\n",
    "\0",
    "é",
    "٣",
    "x" * 129,
    "<",
    "%2f",
]


@pytest.mark.parametrize("text", UNSAFE)
def test_paths_and_reserved_names_are_not(text: str) -> None:
    assert not is_safe_id(text)
