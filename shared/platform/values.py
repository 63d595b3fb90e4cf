"""Firestore's values between Python and protobuf, without the client's models in between.

Building the client's models costs more than the call that carries them; hot paths write protobuf.
"""

from collections.abc import Callable, Iterable, Mapping
from datetime import UTC, datetime
from typing import Any

Packed = dict[str, Any]


def packed(python: Any) -> Packed:
    """A Python value as what a protobuf Value is made of; raises TypeError for other types."""
    try:
        return _PACKED[type(python)](python)
    except KeyError:
        return _packed_kin(python)


def packed_fields(document: Mapping[str, Any]) -> dict[str, Packed]:
    """A document as the fields of a protobuf Document or map."""
    return {name: packed(python) for name, python in document.items()}


def plain(value: Any) -> Any:
    """A protobuf Value as a Python value: times as datetimes, references as their names."""
    return _PLAIN[value.WhichOneof("value_type")](value)


def plain_fields(fields: Mapping[str, Any]) -> dict[str, Any]:
    return {name: plain(fields[name]) for name in fields}


def _packed_map(python: Mapping[str, Any]) -> Packed:
    return {"map_value": {"fields": packed_fields(python)}}


def _packed_list(python: Iterable[Any]) -> Packed:
    return {"array_value": {"values": [packed(item) for item in python]}}


def _packed_kin(python: Any) -> Packed:
    """A value whose type is derived from one that is known."""
    for known, how in _PACKED.items():
        if isinstance(python, known):
            return how(python)
    raise TypeError(type(python).__name__)


_PACKED: Mapping[type[Any], Callable[[Any], Packed]] = {
    type(None): lambda _: {"null_value": 0},
    bool: lambda python: {"boolean_value": python},
    int: lambda python: {"integer_value": python},
    str: lambda python: {"string_value": python},
    datetime: lambda python: {"timestamp_value": python},
    dict: _packed_map,
    list: _packed_list,
    tuple: _packed_list,
    float: lambda python: {"double_value": python},
    bytes: lambda python: {"bytes_value": python},
}

_PLAIN: Mapping[str | None, Callable[[Any], Any]] = {
    None: lambda _: None,
    "null_value": lambda _: None,
    "boolean_value": lambda value: value.boolean_value,
    "integer_value": lambda value: value.integer_value,
    "double_value": lambda value: value.double_value,
    "string_value": lambda value: value.string_value,
    "bytes_value": lambda value: value.bytes_value,
    "reference_value": lambda value: value.reference_value,
    "timestamp_value": lambda value: value.timestamp_value.ToDatetime(tzinfo=UTC),
    "geo_point_value": lambda value: _point(value.geo_point_value),
    "array_value": lambda value: [plain(item) for item in value.array_value.values],
    "map_value": lambda value: plain_fields(value.map_value.fields),
}


def _point(point: Any) -> tuple[float, float]:
    return point.latitude, point.longitude
