"""Firestore's values between Python and protobuf, without the client's models in between.

Building the client's models costs more than the call that carries them; hot paths write protobuf.
"""

from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from typing import Any


def fill(value: Any, python: Any) -> None:
    """Write a Python value into an empty protobuf Value; raises TypeError for other types."""
    try:
        _FILL[type(python)](value, python)
    except KeyError:
        _fill_kin(value, python)


def fill_fields(fields: Any, document: Mapping[str, Any]) -> None:
    """Write a document into the fields of a protobuf Document or map."""
    for name, python in document.items():
        fill(fields[name], python)


def plain(value: Any) -> Any:
    """A protobuf Value as a Python value: times as datetimes, references as their names."""
    kind = value.WhichOneof("value_type")
    if not kind:
        return None
    found, convert = getattr(value, kind), _PLAIN.get(kind)
    return convert(found) if convert else found


def plain_fields(fields: Mapping[str, Any]) -> dict[str, Any]:
    return {name: plain(value) for name, value in fields.items()}


def _fill_none(value: Any, _: None) -> None:
    value.null_value = 0


def _fill_bool(value: Any, python: bool) -> None:
    value.boolean_value = python


def _fill_int(value: Any, python: int) -> None:
    value.integer_value = python


def _fill_float(value: Any, python: float) -> None:
    value.double_value = python


def _fill_text(value: Any, python: str) -> None:
    value.string_value = python


def _fill_bytes(value: Any, python: bytes) -> None:
    value.bytes_value = python


def _fill_moment(value: Any, python: datetime) -> None:
    value.timestamp_value.FromDatetime(python)


def _fill_map(value: Any, python: Mapping[str, Any]) -> None:
    value.map_value.SetInParent()
    fill_fields(value.map_value.fields, python)


def _fill_list(value: Any, python: list[Any]) -> None:
    value.array_value.SetInParent()
    for item in python:
        fill(value.array_value.values.add(), item)


def _fill_kin(value: Any, python: Any) -> None:
    """A value whose type is derived from one that is known."""
    for known, how in _FILL.items():
        if isinstance(python, known):
            return how(value, python)
    raise TypeError(type(python).__name__)


_FILL: Mapping[type[Any], Callable[[Any, Any], None]] = {
    type(None): _fill_none,
    bool: _fill_bool,
    int: _fill_int,
    str: _fill_text,
    datetime: _fill_moment,
    dict: _fill_map,
    list: _fill_list,
    tuple: _fill_list,
    float: _fill_float,
    bytes: _fill_bytes,
}

_PLAIN: Mapping[str, Callable[[Any], Any]] = {
    "null_value": lambda _: None,
    "timestamp_value": lambda moment: moment.ToDatetime(tzinfo=UTC),
    "geo_point_value": lambda point: (point.latitude, point.longitude),
    "array_value": lambda array: [plain(value) for value in array.values],
    "map_value": lambda found: plain_fields(found.fields),
}
