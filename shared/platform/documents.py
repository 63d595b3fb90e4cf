"""Changes of Firestore documents as events carry them: protobuf, exact to the last byte."""

import base64
import binascii
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from google.events.cloud.firestore import DocumentEventData
from google.protobuf.message import DecodeError

from shared.platform.values import plain_fields

NAME_PARTS = 6  # projects/P/databases/D/documents/PATH
PROTOBUF_STARTS = (b"\x0a", b"\x12", b"\x1a")


class UnreadableEvent(Exception):
    """The payload is not a document change."""


@dataclass(frozen=True, slots=True)
class Snapshot:
    """One version of a document; `fields` holds protobuf Values, times are in nanoseconds."""

    fields: Mapping[str, Any]
    created: int
    updated: int

    def data(self) -> dict[str, Any]:
        """The fields as plain values; times come as datetimes, references as their names."""
        return plain_fields(self.fields)


@dataclass(frozen=True, slots=True)
class DocumentChange:
    """A document before and after. Who it is stands in the payload, never in the envelope."""

    project: str
    path: str
    event_id: str
    time: datetime
    old: Snapshot | None
    new: Snapshot | None
    raw: bytes = field(repr=False)
    traceparent: str = ""

    @property
    def collection(self) -> str:
        return self.path.rpartition("/")[0]

    @property
    def document_id(self) -> str:
        return self.path.rpartition("/")[2]


def read_change(
    data: bytes, event_id: str, time: datetime, traceparent: str = ""
) -> DocumentChange | None:
    """The change in an event, as raw protobuf or in base64; None when it is about no document."""
    raw = data if data[:1] in PROTOBUF_STARTS else _decoded(data)
    event = _parsed(raw)
    name = event.value.name or event.old_value.name
    if not name:
        return None
    project, path = _identity(name)
    old, new = _snapshot(event.old_value), _snapshot(event.value)
    return DocumentChange(project, path, event_id, time, old, new, raw, traceparent)


def _decoded(text: bytes) -> bytes:
    try:
        return base64.b64decode(text, validate=True)
    except (binascii.Error, ValueError) as bad:
        raise UnreadableEvent("neither protobuf nor base64") from bad


def _parsed(raw: bytes) -> Any:
    try:
        return DocumentEventData.pb().FromString(raw)
    except DecodeError as bad:
        raise UnreadableEvent("not a document event") from bad


def _identity(name: str) -> tuple[str, str]:
    parts = name.split("/", NAME_PARTS - 1)
    well_formed = len(parts) == NAME_PARTS and parts[0] == "projects" and parts[4] == "documents"
    if not well_formed or not all(parts):
        raise UnreadableEvent("not the name of a document")
    return parts[1], parts[5]


def _snapshot(document: Any) -> Snapshot | None:
    if not document.name:
        return None
    return Snapshot(document.fields, _moment(document.create_time), _moment(document.update_time))


def _moment(timestamp: Any) -> int:
    try:
        return int(timestamp.ToNanoseconds())
    except ValueError as bad:
        raise UnreadableEvent("not a time") from bad
