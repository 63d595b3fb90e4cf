"""What travels: true JSON, true types, and nothing that nobody declared."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.entry.wire import MAX_ERRORS, parsed_body, parsed_query
from shared.kernel.errors import InvalidRequest, ValidationFailed
from tests.unit.entry.area import Query, Thing


def refused(body: str | bytes) -> list[tuple[str, str]]:
    """The pointers and codes of the refused members."""
    raw = body.encode() if isinstance(body, str) else body
    with pytest.raises(ValidationFailed) as failure:
        parsed_body(Thing, raw)
    errors: Any = failure.value.members["errors"]
    return [(error["pointer"], error["code"]) for error in errors]


def test_a_body_in_camel_case_is_its_model() -> None:
    thing = parsed_body(Thing, b'{"amount": 5, "shortName": "x", "inner": [{"name": "y"}]}')
    assert (thing.amount, thing.short_name, thing.inner[0].name) == (5, "x", "y")


@pytest.mark.parametrize("amount", [1, 2**53 - 1])
def test_a_number_may_be_as_large_as_javascript_counts(amount: int) -> None:
    assert parsed_body(Thing, f'{{"amount": {amount}}}'.encode()).amount == amount


@pytest.mark.parametrize(
    ("literal", "code"),
    [
        ("0", "greater_than_equal"),
        ("-1", "greater_than_equal"),
        ("-0", "greater_than_equal"),
        (str(2**53), "less_than_equal"),
        (str(2**70), "less_than_equal"),
        ("1.0", "int_type"),
        ("1.5", "int_type"),
        ("1e2", "int_type"),
        ("true", "int_type"),
        ('"5"', "int_type"),
        ("null", "int_type"),
        ("[5]", "int_type"),
        ("{}", "int_type"),
    ],
)
def test_a_number_is_a_whole_json_number_in_range(literal: str, code: str) -> None:
    assert refused(f'{{"amount": {literal}}}') == [("/amount", code)]


@pytest.mark.parametrize(
    ("body", "error"),
    [
        ('{"amount": 1, "shortName": 5}', ("/shortName", "string_type")),
        ('{"amount": 1, "shortName": ""}', ("/shortName", "string_too_short")),
        ('{"amount": 1, "shortName": "%s"}' % ("x" * 129), ("/shortName", "string_too_long")),
        ('{"amount": 1, "flag": "true"}', ("/flag", "bool_type")),
        ('{"amount": 1, "flag": 1}', ("/flag", "bool_type")),
        ('{"amount": 1, "inner": [{}]}', ("/inner/0/name", "missing")),
        ('{"amount": 1, "inner": [{"name": "a", "x": 1}]}', ("/inner/0/x", "extra_forbidden")),
        ('{"amount": 1, "tenantId": "a/b"}', ("/tenantId", "value_error")),
        ('{"amount": 1, "tenantId": ".."}', ("/tenantId", "value_error")),
        ('{"amount": 1, "tenantId": "__x__"}', ("/tenantId", "value_error")),
        ('{"amount": 1, "short_name": "x"}', ("/short_name", "extra_forbidden")),
        ('{"amount": 1, "isAdmin": true}', ("/isAdmin", "extra_forbidden")),
        ('{"amount": 1, "__proto__": {}}', ("/__proto__", "extra_forbidden")),
        ('{"amount": 1, "a/b~c": 1}', ("/a~1b~0c", "extra_forbidden")),
        ("{}", ("/amount", "missing")),
        ("", ("/amount", "missing")),
    ],
)
def test_a_wrong_member_is_named_by_its_pointer(body: str, error: tuple[str, str]) -> None:
    assert refused(body) == [error]


@pytest.mark.parametrize(
    ("literal", "pointers"),
    [
        ("5", {"/oneOrMore"}),
        ("{}", {"/oneOrMore"}),
        ('""', {"/oneOrMore"}),
        ('[{"name": "a"}, {"name": 5}]', {"/oneOrMore", "/oneOrMore/1/name"}),
        ('[{"name": "a"}, {}]', {"/oneOrMore", "/oneOrMore/1/name"}),
    ],
)
def test_a_member_of_several_kinds_is_named_without_them(literal: str, pointers: set[str]) -> None:
    found = refused(f'{{"amount": 1, "oneOrMore": {literal}}}')
    assert {pointer for pointer, _ in found} == pointers
    assert len(set(found)) == len(found)


def test_every_wrong_member_is_named() -> None:
    assert {pointer for pointer, _ in refused('{"a": 1, "b": 2}')} == {"/amount", "/a", "/b"}


def test_so_many_wrong_members_are_named_and_no_more() -> None:
    members = ", ".join(f'"m{n}": 1' for n in range(5000))
    assert len(refused(f"{{{members}}}")) == MAX_ERRORS


@pytest.mark.parametrize("body", ["[]", "null", "1", '"x"', "true"])
def test_a_body_that_is_no_object_is_refused_as_a_whole(body: str) -> None:
    assert [pointer for pointer, _ in refused(body)] == [""]


BROKEN: dict[str, bytes] = {
    "truncated": b'{"amount": 1',
    "noise behind": b'{"amount": 1} x',
    "two values": b"{}{}",
    "comment": b'{"amount": 1 /* one */}',
    "trailing comma": b'{"amount": 1,}',
    "single quotes": b"{'amount': 1}",
    "leading zero": b'{"amount": 01}',
    "plus": b'{"amount": +1}',
    "hexadecimal": b'{"amount": 0x1}',
    "NaN": b'{"amount": NaN}',
    "Infinity": b'{"amount": Infinity}',
    "-Infinity": b'{"amount": -Infinity}',
    "infinite number": b'{"amount": 1e999}',
    "integer of 5000 digits": b'{"amount": ' + b"9" * 5000 + b"}",
    "UTF-16": '{"amount": 1}'.encode("utf-16"),
    "UTF-32": '{"amount": 1}'.encode("utf-32"),
    "BOM": b'\xef\xbb\xbf{"amount": 1}',
    "Latin-1": '{"shortName": "é"}'.encode("latin-1"),
    "overlong": b'{"shortName": "\xc0\xaf"}',
    "surrogate in bytes": b'{"shortName": "\xed\xa0\x80"}',
    "half a surrogate pair": b'{"amount": 1, "shortName": "\\ud800"}',
    "other half": b'{"amount": 1, "shortName": "\\udc00 "}',
    "control character": b'{"shortName": "\x00"}',
    "deep list": b"[" * 100_000,
    "deep, closed": b"[" * 900 + b"]" * 900,
    "deep object": b'{"a":' * 50_000,
    "a member twice": b'{"amount": 1, "amount": 2}',
    "a member twice, in other letters": b'{"amount": 1, "\\u0061mount": 1}',
    "a member twice, further in": b'{"amount": 1, "inner": [{"name": "y", "name": "z"}]}',
    "form": b"amount=1",
    "NUL": b"\0",
}


@pytest.mark.parametrize("body", BROKEN.values(), ids=BROKEN.keys())
def test_what_is_not_json_is_an_invalid_request(body: bytes) -> None:
    with pytest.raises(InvalidRequest):
        parsed_body(Thing, body)


@given(st.binary())
def test_any_bytes_at_all_are_a_400_or_a_422(raw: bytes) -> None:
    with pytest.raises((InvalidRequest, ValidationFailed)):
        parsed_body(Thing, raw)


def test_a_query_may_write_numbers_in_digits() -> None:
    assert parsed_query(Query, {"limit": "5"}).limit == 5
    assert parsed_query(Query, {}).limit == 7


@pytest.mark.parametrize(
    "members",
    [{"limit": "0"}, {"limit": "x"}, {"limit": "1.5"}, {"limit": ""}, {"Limit": "1"}, {"x": "1"}],
)
def test_a_query_is_as_closed_as_a_body(members: dict[str, str]) -> None:
    with pytest.raises(ValidationFailed):
        parsed_query(Query, members)
