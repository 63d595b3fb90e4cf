"""Documents survive the journey to the byte, and so do their marks."""

import math
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from google.cloud.firestore_v1 import GeoPoint, _helpers, types
from google.cloud.firestore_v1.vector import Vector

from shared.sync.documents import document_found
from shared.sync.encoding import fill_marks, read_marks
from shared.sync.marks import told_at
from shared.sync.models import Cell, Found, Keep, Marks, Place, Write
from shared.sync.registers import COUNT, encoded, key
from shared.sync.scopes import EVERYTHING
from shared.sync.sight import untold_fields
from shared.sync.stamps import stamp_at
from shared.sync.writes import planned
from tests.unit.sync.builders import NOON, NOON_NS, document

NOON_US = NOON_NS // 1000
STAMP, LATER = stamp_at(NOON_US - 5, "a"), stamp_at(NOON_US, "b")
ADDED = key("x", COUNT, "a")
NO_DIGESTS = (
    7,
    "{",
    "[]",
    '{"x": [1]}',
    '{"x": true}',
    '{"x": NaN}',
    '{"": 1}',
    '{"\\ud800": 1}',
    "[" * 100_000,
    '{"x": 1' + "0" * 5_000 + "}",
)
PLACE = Place("demo-b", "cases", "1")
EVERY_TYPE: dict[str, Any] = {
    "null": None,
    "true": True,
    "integer": 2**63 - 1,
    "double": 2.0,
    "nan": math.nan,
    "minus zero": -0.0,
    "time": datetime(1969, 12, 31, 23, 59, 59, 999999, tzinfo=UTC),
    "text": "\U0001f436 \x00",
    "bytes": bytes(range(256)),
    "place": GeoPoint(-90.0, 180.0),
    "vector": Vector([1.0, 2.5]),
    "array": [1, 1.0, "1", None, {"deep": [True]}],
    "map": {"": "empty name", "a.b": {"`": {}}},
    "a.b`c\\": "an awkward name",
}


def test_every_type_arrives_exactly_as_it_was_sent() -> None:
    sent = document(EVERY_TYPE)
    sent.fields["reference"].reference_value = "projects/demo-a/databases/(default)/documents/a/b"
    version = document_found(sent)
    assert version
    keep = Keep(dict(version.fields), Marks())
    write = planned(PLACE, Found(None), keep, Write("b", "e", 0), NOON)[0]
    arrived = types.Document.pb().FromString(write.update.SerializeToString())
    del arrived.fields["_sync"]
    assert dict(arrived.fields) == dict(sent.fields)


def test_only_a_creation_asks_for_the_time_by_which_it_is_known() -> None:
    before = document_found(document({"a": 1}))
    for found, asked in ((Found(None), 1), (Found(before), 0)):
        write = planned(PLACE, found, Keep({}, Marks()), Write("b", "e", 0), NOON)[0]
        assert len(write.update_transforms) == asked


def test_an_update_names_only_the_fields_that_change() -> None:
    before = document_found(document({"x": 1, "a.b": 2}))
    assert before
    keep = Keep({"x": None, "a.b": before.fields["x"]}, Marks())
    write = planned(PLACE, Found(before), keep, Write("b", "e", NOON_NS), NOON)[0]
    assert set(write.update_mask.field_paths) == {"x", "`a.b`", "_sync"}
    assert set(write.update.fields) == {"a.b", "_sync"}
    assert write.current_document.update_time.ToNanoseconds() == NOON_NS


def marks_back(marks: Marks) -> Marks | None:
    value = types.Value.pb()()
    fill_marks(value, marks)
    return read_marks(value, NOON_NS)


def test_marks_come_back_as_they_were_written() -> None:
    hidden = {"x": (Cell(STAMP, LATER, b"\x10\x01"), Cell(STAMP, LATER, None))}
    write = Write("a", "event", NOON_NS)
    marks = Marks({"x": STAMP, "a.b": LATER}, {"x": LATER}, STAMP, hidden, "c0ffee00", 7_000, write)
    assert marks_back(marks) == marks
    assert marks_back(replace(marks, schema=3)) == replace(marks, schema=3)


def test_marks_of_little_to_say_come_back_too() -> None:
    assert marks_back(Marks()) == Marks()


@pytest.mark.parametrize(
    "found",
    [
        None,
        7,
        {},
        {"v": 2, "f": {}},
        {"v": 1},
        {"v": 1, "f": []},
        {"v": 1, "f": {"x": 7}},
        {"v": 1, "f": {"x": "f" * 20 + "-a"}},
        {"v": 1, "f": {}, "d": "now"},
        {"v": 1, "f": {}, "sv": "3"},
        {"v": 1, "f": {}, "sv": -1},
        {"v": 1, "f": {}, "sv": True},
        {"v": 1, "f": {}, "o": {"x": None}},
        {"v": 1, "f": {}, "h": {"x": [{"s": STAMP}]}},
        {"v": 1, "f": {}, "h": {"x": [{"s": STAMP, "n": STAMP, "v": "text"}]}},
        {"v": 1, "f": {}, "h": {"x": [{"s": STAMP, "n": STAMP, "v": b"\xff"}]}},
        {"v": 1, "f": {}, "h": {ADDED: [{"s": STAMP, "n": STAMP, "v": b"\0\xff"}]}},
        {"v": 1, "f": {}, "a": {"x": [{"s": STAMP, "n": STAMP, "v": b"\xff"}]}},
        {"v": 1, "f": {"": STAMP}},
        {"v": 1, "f": {"_sync": STAMP}},
        {"v": 1, "f": {}, "u": NOON - timedelta(days=30_000)},
        {"v": 1, "f": {}, "u": NOON + timedelta(seconds=1)},
        *({"v": 1, "f": {}, "e": told} for told in NO_DIGESTS),
    ],
)
def test_what_a_client_made_up_is_not_taken_for_marks(found: object) -> None:
    value = types.Value.pb(_helpers.encode_value(found))
    assert read_marks(value, NOON_NS) is None


def test_what_was_added_to_a_count_comes_back() -> None:
    cell = Cell(STAMP, STAMP, STAMP.encode() + b"\0" + encoded(2))
    marks = Marks({ADDED: STAMP}, hidden={ADDED: (cell,)})
    assert marks_back(marks) == marks


def test_a_field_that_is_named_like_a_register_stays_where_it_is() -> None:
    version = document_found(document({ADDED: 1, "x": 2}))
    assert version
    assert version.fields.keys() == {"x"}


def test_marks_of_earlier_times_are_read_and_count_as_told() -> None:
    found = document({"x": 1, "_sync": {"v": 1, "f": {"x": STAMP}, "a": [LATER], "c": "c0ffee00"}})
    version = document_found(found)
    assert version
    assert version.marks
    assert (version.marks.told, version.marks.displayed) == (None, {})
    assert told_at(version).keys() == {"x"}
    assert untold_fields(version, EVERYTHING) == set()


def test_a_waiting_documents_marks_come_back() -> None:
    displayed = {"x": Cell(STAMP, LATER, b"\x10\x01", (STAMP,)), "y": None}
    marks = Marks({"x": STAMP}, told={"x": 7, "a.b": 2**32 - 1}, displayed=displayed)
    assert marks_back(marks) == marks
