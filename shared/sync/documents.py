"""Between protobuf and our models: documents and tombstones, exact to the byte."""

from collections.abc import Mapping
from typing import Any

from shared.platform.documents import DocumentChange, Snapshot
from shared.platform.values import plain
from shared.sync.credible import SYNC_FIELD
from shared.sync.encoding import knowledge, moment, read_marks
from shared.sync.models import Change, Place, Tombstone, Version
from shared.sync.registers import MARK
from shared.sync.stamps import NEVER


def change_of(change: DocumentChange) -> Change:
    place = Place(change.project, change.collection, change.document_id)
    time_us = int(change.time.timestamp() * 1_000_000)
    old, new = _version(change.old), _version(change.new)
    return Change(place, change.event_id, time_us, old, new, change.raw)


def document_found(document: Any) -> Version | None:
    """The version in a protobuf Document, None in none."""
    return None if document is None else version_in(document)


def version_in(document: Any) -> Version:
    created, updated = document.create_time, document.update_time
    return version_of(document.fields, created.ToNanoseconds(), updated.ToNanoseconds())


def tombstone_found(document: Any) -> Tombstone | None:
    """The tombstone in a protobuf Document, None in none."""
    if document is None:
        return None
    found = {name: plain(value) for name, value in document.fields.items()}
    removed = tuple(moment(version) for version in found.get("removed", ()))
    return Tombstone(
        deleted=found.get("hlc", NEVER),
        removed=removed,
        updated=document.update_time.ToNanoseconds(),
        knew=knowledge(found.get("knew", ())),
        over=moment(found.get("over")),
    )


def version_of(fields: Mapping[str, Any], created: int, updated: int) -> Version:
    """A version from its protobuf Values and its times in nanoseconds.

    A field that is named like a register of another one is nobody's: it stays where it is.
    """
    names = [name for name in fields if name != SYNC_FIELD and MARK not in name]
    values = {name: fields[name].SerializeToString(deterministic=True) for name in names}
    marks = read_marks(fields[SYNC_FIELD], updated) if SYNC_FIELD in fields else None
    return Version(values, marks, created, updated)


def _version(snapshot: Snapshot | None) -> Version | None:
    if snapshot is None:
        return None
    return version_of(snapshot.fields, snapshot.created, snapshot.updated)
