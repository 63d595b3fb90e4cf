"""Protobuf documents and events, as Firestore makes them."""

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from google.cloud.firestore_v1 import _helpers, types
from google.events.cloud.firestore import DocumentEventData

NAME = "projects/demo-a/databases/(default)/documents/cases/1"
NOON = datetime(2026, 1, 1, 12, tzinfo=UTC)
NOON_NS = int(NOON.timestamp()) * 1_000_000_000


def document(fields: Mapping[str, Any], updated: int = NOON_NS, name: str = NAME) -> Any:
    """A protobuf Document from plain values."""
    found = types.Document.pb()(name=name)
    for field, value in fields.items():
        found.fields[field].CopyFrom(types.Value.pb(_helpers.encode_value(value)))
    found.create_time.FromNanoseconds(NOON_NS)
    found.update_time.FromNanoseconds(updated)
    return found


def event(old: Any = None, new: Any = None) -> bytes:
    """The payload of a trigger; the messages differ in name only, not on the wire."""
    found = DocumentEventData.pb()()
    for target, version in ((found.old_value, old), (found.value, new)):
        if version is not None:
            target.MergeFromString(version.SerializeToString())
    return bytes(found.SerializeToString())
