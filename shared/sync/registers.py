"""What stands in registers, byte by byte: order, lists as sets, counts."""

import hashlib
import math
from collections.abc import Iterable, Mapping
from typing import Any

from google.events.cloud.firestore import Value

from shared.platform.values import packed, plain
from shared.sync.custom import Custom
from shared.sync.models import Cell, Front

MARK = "\x1f"  # between a field's name and its register's: no field is named so
SET, COUNT = "set", "count"
BLANKS = (None, "")
MOST, LEAST = 2**63 - 1, -(2**63)
KINDS = (
    "null_value",
    "boolean_value",
    "number",
    "timestamp_value",
    "string_value",
    "bytes_value",
    "reference_value",
    "geo_point_value",
    "array_value",
    "map_value",
)

_Value = Value.pb()


def key(field: str, kind: str, slot: str) -> str:
    """The name of a register: registers of another kind than the field's policy are silent."""
    return f"{field}{MARK}{kind}{MARK}{slot}"


def field_of(register: str) -> str:
    return register.partition(MARK)[0]


def kind_of(register: str) -> str:
    """The kind of a register, empty for that of a field without a policy."""
    return register.partition(MARK)[2].partition(MARK)[0]


def part_of(register: str) -> str:
    """What an edit is seen with as one: a field, but of a set each element by itself."""
    return register if kind_of(register) == SET else field_of(register)


def is_blank(value: bytes | None) -> bool:
    return value is None or decoded(value) in BLANKS


def latest(registers: Mapping[str, Front]) -> Cell:
    return max((front[0] for front in registers.values()), key=lambda cell: cell.rank)


def highest(values: Iterable[bytes | None]) -> bytes | None:
    """The last in the order of Firestore's queries; None is below everything."""
    return max(values, key=_order)


def elements(field: str, value: bytes | None) -> dict[str, bytes]:
    """The registers of a list's elements, and one for the list itself."""
    if value is None:
        return {}
    found = _Value.FromString(value)
    items = found.array_value.values if found.HasField("array_value") else [found]
    texts = [item.SerializeToString(deterministic=True) for item in items]
    return {key(field, SET, ""): _list([])} | {_element(field, text): text for text in texts}


def combined_set(field: str, registers: Mapping[str, Front]) -> bytes | None:
    """The elements that are there, oldest first; None where not even the list is."""
    cells = [f[0] for name, f in registers.items() if name != key(field, SET, "")]
    there = sorted((cell.stamp, cell.value) for cell in cells if cell.value is not None)
    listed = registers.get(key(field, SET, ""))
    if there or (listed and listed[0].value is not None):
        return _list([value for _, value in there])
    return None


def counted(
    field: str, after: bytes | None, node: str, known: Mapping[str, Front]
) -> Mapping[str, bytes | None]:
    """What a node added in all, so that the count becomes `after`; else the count's new base."""
    base, wanted = known.get(key(field, COUNT, "")), _number(after)
    total = _number(combined_count(field, known))
    if base is None or wanted is None or total is None:
        return {key(field, COUNT, ""): after}
    added = _added(base[0], known.get(_counter(field, node))) + wanted - total
    return {_counter(field, node): base[0].stamp.encode() + b"\0" + _counted(added)}


def combined_count(field: str, registers: Mapping[str, Front]) -> bytes | None:
    """The base and all that was added to it; what was added to an older base is void."""
    base = registers.get(key(field, COUNT, ""))
    start = _number(base[0].value) if base else None
    if base is None or start is None:
        return base[0].value if base else None
    others = [f for name, f in sorted(registers.items()) if name != key(field, COUNT, "")]
    return _counted(sum((_added(base[0], front) for front in others), start))


def is_counter_of(register: str, node: str) -> bool:
    """Whether the register holds what this node added to a count."""
    return register.partition(MARK)[2] == f"{COUNT}{MARK}{node}"


def is_number(value: bytes | None) -> bool:
    return _number(value) is not None


def moved(stored: bytes | None, before: bytes | None, after: bytes | None) -> bytes | None:
    """A stored count, moved by as much as the known one was."""
    here, old, new = _number(stored), _number(before), _number(after)
    if here is None or old is None or new is None:
        return after
    return _counted(here + new - old)


def merged_by(function: Custom, registers: Mapping[str, Front]) -> bytes | None:
    cells = sorted((front[0] for front in registers.values()), key=lambda cell: cell.rank)
    values = [decoded(cell.value) if cell.value else None for cell in cells]
    try:
        made = function(values)
        same = [cell.value for cell, value in zip(cells, values, strict=True) if value is made]
        return same[-1] if same else encoded(made)
    except Exception:  # it is somebody else's function, and there must be a value
        return cells[-1].value


def decoded(value: bytes) -> Any:
    """The plain value of what is stored: references come as their names."""
    return plain(_Value.FromString(value))


def encoded(value: Any) -> bytes:
    """A plain value as it is stored; raises TypeError for one that cannot be."""
    return bytes(_Value(**packed(value)).SerializeToString(deterministic=True))


def _order(value: bytes | None) -> tuple[int, Any, bytes]:
    if value is None:
        return -1, 0, b""
    found = _Value.FromString(value)
    kind = found.WhichOneof("value_type") or "null_value"
    number = _number(value)
    if number is not None:
        return KINDS.index("number"), -math.inf if math.isnan(number) else number, value
    return KINDS.index(kind), _comparable(found, kind, value), value


def _comparable(found: Any, kind: str, value: bytes) -> Any:
    if kind == "timestamp_value":
        return found.timestamp_value.ToNanoseconds()
    return found.string_value.encode() if kind == "string_value" else value


def _element(field: str, text: bytes) -> str:
    return key(field, SET, hashlib.sha256(text).hexdigest()[:20])


def _counter(field: str, node: str) -> str:
    return key(field, COUNT, node)


def _added(base: Cell, front: Front | None) -> int | float:
    tie, _, value = (front[0].value or b"" if front else b"").partition(b"\0")
    return (_number(value) or 0) if tie == base.stamp.encode() else 0


def _number(value: bytes | None) -> int | float | None:
    found = _Value.FromString(value) if value else None
    kind = found.WhichOneof("value_type") if found else None
    return getattr(found, kind) if kind in ("integer_value", "double_value") else None


def _counted(number: int | float) -> bytes:
    return encoded(min(max(number, LEAST), MOST) if isinstance(number, int) else number)


def _list(items: list[bytes]) -> bytes:
    found = _Value()
    found.array_value.SetInParent()
    for item in items:
        found.array_value.values.add().MergeFromString(item)
    return bytes(found.SerializeToString(deterministic=True))
