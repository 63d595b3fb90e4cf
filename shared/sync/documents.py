"""Between protobuf and our models: documents in, `_sync` marks in and out, exact to the byte."""

from collections.abc import Mapping
from typing import Any

from shared.platform.documents import DocumentChange, Snapshot, plain
from shared.sync.models import Change, Marks, Place, Tombstone, Version, Write
from shared.sync.stamps import NEVER, is_stamp

SYNC_FIELD = "_sync"
FORMAT = 1
MOST_AHEAD_US = 3_600_000_000  # a stamp from further ahead than an hour is not believed


def change_of(change: DocumentChange) -> Change:
    place = Place(change.project, change.collection, change.document_id)
    time_us = int(change.time.timestamp() * 1_000_000)
    old, new = _version(change.old), _version(change.new)
    return Change(place, change.event_id, time_us, old, new, change.raw)


def version_of(fields: Mapping[str, Any], created: int, updated: int) -> Version:
    """A version from its protobuf Values and its times in nanoseconds."""
    values = {n: v.SerializeToString(deterministic=True) for n, v in fields.items()}
    sync = values.pop(SYNC_FIELD, None)
    latest_us = updated // 1000 + MOST_AHEAD_US
    marks = read_marks(plain(fields[SYNC_FIELD]), latest_us) if sync is not None else None
    return Version(values, marks, created, updated)


def read_marks(found: Any, latest_us: int) -> Marks | None:
    """The marks in a `_sync` map; None when it is not one of ours, or not to be believed."""
    if not isinstance(found, dict) or found.get("v") != FORMAT:
        return None
    stamps, seen = found.get("f", {}), found.get("o", {})
    deleted = found.get("d", NEVER)
    if not isinstance(stamps, dict) or not isinstance(seen, dict):
        return None
    given = [*stamps.values(), *seen.values(), *([deleted] if deleted != NEVER else [])]
    if not all(is_stamp(text, latest_us) for text in given):
        return None
    return Marks(stamps, seen, deleted, _write(found.get("w")))


def document_found(document: Any) -> Version | None:
    """The version in a protobuf Document, None in none."""
    if document is None:
        return None
    created, updated = document.create_time, document.update_time
    return version_of(document.fields, created.ToNanoseconds(), updated.ToNanoseconds())


def tombstone_found(document: Any) -> Tombstone | None:
    """The tombstone in a protobuf Document, None in none."""
    if document is None:
        return None
    found = {name: plain(value) for name, value in document.fields.items()}
    removed = tuple(_moment(version) for version in found.get("removed", ()))
    return Tombstone(found.get("hlc", NEVER), removed, document.update_time.ToNanoseconds())


def fill_marks(value: Any, marks: Marks) -> None:
    """Write the marks into an empty protobuf Value."""
    fields = value.map_value.fields
    fields["v"].integer_value = FORMAT
    _fill_strings(fields["f"], marks.stamps)
    if marks.seen:
        _fill_strings(fields["o"], marks.seen)
    if marks.deleted:
        fields["d"].string_value = marks.deleted
    if marks.write:
        _fill_write(fields["w"], marks.write)


def _version(snapshot: Snapshot | None) -> Version | None:
    if snapshot is None:
        return None
    return version_of(snapshot.fields, snapshot.created, snapshot.updated)


def _write(found: Any) -> Write | None:
    if not isinstance(found, dict) or found.get("by") != "engine":
        return None
    over, at = found.get("over"), found.get("at")
    return Write(str(found.get("in")), str(found.get("ev")), _moment(over), _moment(at))


def _moment(value: Any) -> int:
    micros = round(value.timestamp() * 1_000_000) if hasattr(value, "timestamp") else 0
    return micros * 1000


def _fill_strings(value: Any, strings: Mapping[str, str]) -> None:
    value.map_value.SetInParent()
    for name, text in strings.items():
        value.map_value.fields[name].string_value = text


def _fill_write(value: Any, write: Write) -> None:
    fields = value.map_value.fields
    fields["by"].string_value = "engine"
    fields["in"].string_value = write.node
    fields["ev"].string_value = write.event
    if write.over:
        fields["over"].timestamp_value.FromNanoseconds(write.over)
