"""How many bytes a document takes with its index entries, by Firestore's published formula.

Sizes of values are those of their protobuf form, so the result is about right, not exact.
"""

import functools
import json
from collections.abc import Iterator
from typing import Any

from scripts.suite.counting import collection
from scripts.suite.paths import ROOT

NAME_OVERHEAD, DOCUMENT_OVERHEAD, ENTRY_OVERHEAD = 16, 32, 48


def stored_bytes(document: Any) -> int:
    """The document, an entry a direction for each field that is indexed, and composite ones."""
    name = _name_bytes(document.name)
    fields = sum(_field_bytes(key, value) for key, value in document.fields.items())
    entries = [*_single(document), *_composite(document)]
    return name + DOCUMENT_OVERHEAD + fields + sum(name + ENTRY_OVERHEAD + e for e in entries)


def _single(document: Any) -> Iterator[int]:
    """Ascending and descending; an element of an array has one."""
    exempt = _exempt(collection(document.name))
    for key, value in document.fields.items():
        if key not in exempt:
            yield from _entries(key, value)


def _entries(key: str, value: Any) -> Iterator[int]:
    if value.HasField("map_value"):
        for inner, found in value.map_value.fields.items():
            yield from _entries(f"{key}.{inner}", found)
    elif value.HasField("array_value"):
        yield from (_field_bytes(key, found) for found in value.array_value.values)
    else:
        yield from [_field_bytes(key, value)] * 2


def _composite(document: Any) -> Iterator[int]:
    for index in _indexes()["indexes"]:
        names = [field["fieldPath"] for field in index["fields"]]
        here = index["collectionGroup"] == collection(document.name)
        if here and all(name in document.fields for name in names):
            yield sum(document.fields[name].ByteSize() for name in names)


def _field_bytes(key: str, value: Any) -> int:
    return len(key) + 1 + int(value.ByteSize())


def _name_bytes(name: str) -> int:
    path = name.split("/documents/")[1]
    return sum(len(segment) + 1 for segment in path.split("/")) + NAME_OVERHEAD


@functools.cache
def _exempt(collection_id: str) -> frozenset[str]:
    overrides = _indexes()["fieldOverrides"]
    return frozenset(
        override["fieldPath"]
        for override in overrides
        if override["collectionGroup"] == collection_id and not override["indexes"]
    )


@functools.cache
def _indexes() -> dict[str, Any]:
    found: dict[str, Any] = json.loads((ROOT / "firestore.indexes.json").read_text())
    return found
