"""How marks are stored: the `_sync` map of a document.

v the format, f the stamps by register, o the sightings that differ from the latest stamp, d the
last deletion, h hidden cells, c the content's digest, u the user's version awaited, w who wrote;
k what the writers had seen by register, b what the deleter had, e the digests of the values that
were told, a the cells that are displayed where others wait, p the scope and sv the version of its
schema.
"""

from collections.abc import Callable, Iterable, Mapping
from typing import Any, TypeVar

import orjson
from google.protobuf.message import DecodeError

from shared.platform.values import plain
from shared.sync.credible import is_credible
from shared.sync.models import Cell, Front, Knowledge, Marks, Write
from shared.sync.stamps import NEVER

FORMAT = 1
ENGINE, CLIENT = "engine", "sdk"
T = TypeVar("T")


def read_marks(value: Any, updated: int) -> Marks | None:
    """The marks in a protobuf Value; None when they are not ours, or not to be believed."""
    try:
        marks = _parsed(plain(value))
        return marks if is_credible(marks, updated) else None
    except (KeyError, TypeError, ValueError, AttributeError, DecodeError):
        return None


def fill_marks(value: Any, marks: Marks) -> None:
    """Write the marks into an empty protobuf Value."""
    fields = value.map_value.fields
    fields["v"].integer_value = FORMAT
    _fill_map(fields["f"], marks.stamps, _fill_string)
    for name, members, fill in _maps(marks):
        if members:
            _fill_map(fields[name], members, fill)
    if marks.buried:
        _fill_strings(fields["b"], marks.buried)
    if marks.told is not None:
        fields["e"].string_value = orjson.dumps(marks.told).decode()
    _fill_plain(fields, marks)
    if marks.write:
        _fill_write(fields["w"].map_value.fields, marks.write)


def moment(value: Any) -> int:
    """The nanoseconds since the epoch in a timestamp, 0 in none."""
    return round(value.timestamp() * 1_000_000) * 1_000 if hasattr(value, "timestamp") else 0


def _parsed(found: Any) -> Marks:
    if found["v"] != FORMAT:
        raise ValueError("another format")
    return Marks(
        stamps=dict(found["f"].items()),
        seen=dict(found.get("o", {}).items()),
        deleted=found.get("d", NEVER),
        hidden={name: _front(cells) for name, cells in found.get("h", {}).items()},
        content=str(found.get("c", "")),
        awaits=moment(found.get("u")),
        write=_write(found.get("w")),
        knew={name: knowledge(known) for name, known in found.get("k", {}).items()},
        buried=knowledge(found.get("b", ())),
        told=_told(found.get("e")),
        displayed=_displayed(found.get("a")),
        scope=str(found.get("p", "")),
        schema=_schema(found.get("sv", 0)),
    )


def knowledge(found: Iterable[Any]) -> Knowledge:
    return tuple(found)


def _front(cells: Any) -> Front:
    return tuple(
        Cell(cell["s"], cell["n"], _value(cell.get("v")), knowledge(cell.get("k", ())))
        for cell in cells
    )


def _told(found: Any) -> Mapping[str, int] | None:
    """In JSON, as a map of Firestore's takes several times as long to read."""
    return None if found is None else dict(orjson.loads(found).items())


def _displayed(found: Any) -> Mapping[str, Cell | None]:
    """Documents of earlier times keep a list here, which says too little."""
    fronts = found if isinstance(found, dict) else {}
    return {name: next(iter(_front(cells)), None) for name, cells in fronts.items()}


def _value(found: Any) -> bytes | None:
    if found is not None and not isinstance(found, bytes):
        raise TypeError("not bytes")
    return found


def _schema(found: Any) -> int:
    if type(found) is not int or found < 0:
        raise TypeError("not a version")
    return found


def _write(found: Any) -> Write | None:
    if not isinstance(found, dict) or found.get("by") not in (ENGINE, CLIENT):
        return None
    over, at = moment(found.get("over")), moment(found.get("at"))
    by_engine = found["by"] == ENGINE
    return Write(str(found.get("in")), str(found.get("ev")), over, at, by_engine)


def _maps(marks: Marks) -> tuple[tuple[str, Mapping[str, Any], Callable[[Any, Any], None]], ...]:
    return (
        ("o", marks.seen, _fill_string),
        ("h", marks.hidden, _fill_front),
        ("k", marks.knew, _fill_strings),
        ("a", {n: (cell,) if cell else () for n, cell in marks.displayed.items()}, _fill_front),
    )


def _fill_plain(fields: Any, marks: Marks) -> None:
    for name, text in (("d", marks.deleted), ("c", marks.content), ("p", marks.scope)):
        if text:
            fields[name].string_value = text
    if marks.schema:
        fields["sv"].integer_value = marks.schema
    if marks.awaits:
        fields["u"].timestamp_value.FromNanoseconds(marks.awaits)


def _fill_write(fields: Any, write: Write) -> None:
    fields["by"].string_value = ENGINE if write.by_engine else CLIENT
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


def _fill_strings(value: Any, texts: Iterable[str]) -> None:
    for text in texts:
        value.array_value.values.add().string_value = text


def _fill_front(value: Any, front: Front) -> None:
    value.array_value.SetInParent()
    for cell in front:
        fields = value.array_value.values.add().map_value.fields
        fields["s"].string_value = cell.stamp
        fields["n"].string_value = cell.seen
        if cell.value is not None:
            fields["v"].bytes_value = cell.value
        if cell.knew:
            _fill_strings(fields["k"], cell.knew)
