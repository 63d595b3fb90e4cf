"""How marks are stored: the `_sync` map of a document.

v the format, f the stamps by field, o the sightings that differ from the latest stamp, d the last
deletion, h hidden cells, c the content's digest, u the user's version awaited, w who wrote.
"""

from collections.abc import Callable, Mapping
from typing import Any, TypeVar

from shared.platform.values import plain
from shared.sync.models import Cell, Front, Marks, Write
from shared.sync.stamps import NEVER, is_stamp

SYNC_FIELD = "_sync"
FORMAT = 1
MOST_AHEAD_US = 3_600_000_000  # a stamp from further ahead than an hour is not believed
ENGINE = "engine"
T = TypeVar("T")


def read_marks(value: Any, updated: int) -> Marks | None:
    """The marks in a protobuf Value; None when they are not ours, or not to be believed."""
    try:
        marks = _parsed(plain(value))
    except (KeyError, TypeError, ValueError, AttributeError):
        return None
    latest_us = updated // 1000 + MOST_AHEAD_US
    return marks if all(is_stamp(text, latest_us) for text in _stamps(marks)) else None


def fill_marks(value: Any, marks: Marks) -> None:
    """Write the marks into an empty protobuf Value."""
    fields = value.map_value.fields
    fields["v"].integer_value = FORMAT
    _fill_map(fields["f"], marks.stamps, _fill_string)
    if marks.seen:
        _fill_map(fields["o"], marks.seen, _fill_string)
    if marks.hidden:
        _fill_map(fields["h"], marks.hidden, _fill_front)
    _fill_plain(fields, marks)
    if marks.write:
        _fill_write(fields["w"].map_value.fields, marks.write)


def moment(value: Any) -> int:
    """The nanoseconds since the epoch in a timestamp, 0 in none."""
    return round(value.timestamp() * 1_000_000) * 1_000 if hasattr(value, "timestamp") else 0


def _parsed(found: Any) -> Marks:
    if found["v"] != FORMAT:
        raise ValueError("another format")
    hidden = {name: _front(cells) for name, cells in found.get("h", {}).items()}
    stamps, seen = dict(found["f"].items()), dict(found.get("o", {}).items())
    content, awaits = str(found.get("c", "")), moment(found.get("u"))
    return Marks(
        stamps, seen, found.get("d", NEVER), hidden, content, awaits, _write(found.get("w"))
    )


def _front(cells: Any) -> Front:
    return tuple(Cell(cell["s"], cell["n"], _value(cell.get("v"))) for cell in cells)


def _value(found: Any) -> bytes | None:
    if found is not None and not isinstance(found, bytes):
        raise TypeError("not bytes")
    return found


def _write(found: Any) -> Write | None:
    if not isinstance(found, dict) or found.get("by") != ENGINE:
        return None
    over, at = moment(found.get("over")), moment(found.get("at"))
    return Write(str(found.get("in")), str(found.get("ev")), over, at)


def _stamps(marks: Marks) -> list[Any]:
    cells = [cell for front in marks.hidden.values() for cell in front]
    held = [cell.stamp for cell in cells] + [cell.seen for cell in cells]
    deleted = [marks.deleted] if marks.deleted != NEVER else []
    return [*marks.stamps.values(), *marks.seen.values(), *held, *deleted]


def _fill_plain(fields: Any, marks: Marks) -> None:
    if marks.deleted:
        fields["d"].string_value = marks.deleted
    if marks.content:
        fields["c"].string_value = marks.content
    if marks.awaits:
        fields["u"].timestamp_value.FromNanoseconds(marks.awaits)


def _fill_write(fields: Any, write: Write) -> None:
    fields["by"].string_value = ENGINE
    fields["in"].string_value = write.node
    fields["ev"].string_value = write.event
    if write.over:
        fields["over"].timestamp_value.FromNanoseconds(write.over)


def _fill_map(value: Any, items: Mapping[str, T], fill: Callable[[Any, T], None]) -> None:
    value.map_value.SetInParent()
    for name, item in items.items():
        fill(value.map_value.fields[name], item)


def _fill_string(value: Any, text: str) -> None:
    value.string_value = text


def _fill_front(value: Any, front: Front) -> None:
    for cell in front:
        fields = value.array_value.values.add().map_value.fields
        fields["s"].string_value = cell.stamp
        fields["n"].string_value = cell.seen
        if cell.value is not None:
            fields["v"].bytes_value = cell.value
