"""A decision as Firestore writes, at the level of protobuf so that every value stays exact."""

import hashlib
from dataclasses import replace
from datetime import datetime
from typing import Any, NamedTuple

from google.cloud.firestore_v1 import types
from google.cloud.firestore_v1.field_path import FieldPath

from shared.sync.credible import SYNC_FIELD
from shared.sync.encoding import fill_marks
from shared.sync.models import Bury, Found, Keep, Place, Tombstone, Write

TOMBSTONES = "_tombstones"
WRITTEN_AT = f"{SYNC_FIELD}.w.at"

_Write = types.Write.pb()
_REQUEST_TIME = int(types.DocumentTransform.FieldTransform.ServerValue.REQUEST_TIME)


class Names(NamedTuple):
    """The full names of a document and of its tombstone."""

    document: str
    tombstone: str


def names(place: Place) -> Names:
    digest = hashlib.sha256(place.path.encode()).hexdigest()
    root = f"projects/{place.project}/databases/(default)/documents"
    return Names(f"{root}/{place.path}", f"{root}/{TOMBSTONES}/{digest}")


def planned(
    place: Place, found: Found, outcome: Keep | Bury, write: Write, expires: datetime
) -> list[Any]:
    """The writes of one commit; together they are conditioned on both documents found."""
    document, tombstone = names(place)
    if isinstance(outcome, Keep):
        kept = _keeping(document, found, outcome, write)
        return [kept, *_guards(tombstone, found)]
    buried = _burying(tombstone, place, found, outcome.tombstone, write.node, expires)
    return [_leaving(document, found, outcome.remove), buried]


def edit(place: Place, field: str, value: bytes | None, updated: int) -> Any:
    """A field as a user writes it, upon that version; None removes it."""
    message = _Write()
    message.update.name = names(place).document
    if value is not None:
        message.update.fields[field].MergeFromString(value)
    message.update_mask.field_paths.extend(_paths([field]))
    return _if_unchanged(message, updated)


def _keeping(name: str, found: Found, keep: Keep, write: Write) -> Any:
    """Create the document, or update the fields that change, and its marks."""
    message = _Write()
    message.update.name = name
    fields = message.update.fields
    for field, value in keep.changes.items():
        if value is not None:
            fields[field].MergeFromString(value)
    fill_marks(fields[SYNC_FIELD], replace(keep.marks, write=write))
    if found.document:
        message.update_mask.field_paths.extend(_paths([*keep.changes, SYNC_FIELD]))
    else:  # by which the engine knows its own creation
        message.update_transforms.add(field_path=WRITTEN_AT, set_to_server_value=_REQUEST_TIME)
    return _if_unchanged(message, _updated(found.document))


def _leaving(name: str, found: Found, remove: bool) -> Any:
    updated = _updated(found.document)
    return _if_unchanged(_Write(delete=name), updated) if remove else _guard(name, updated)


def _guards(name: str, found: Found) -> list[Any]:
    return [_guard(name, _updated(found.tombstone))] if found.looked else []


def _guard(name: str, updated: int) -> Any:
    """A write without effect, that fails if the document is no longer what was found."""
    if not updated:
        return _if_unchanged(_Write(delete=name), 0)
    message = _Write()
    message.update.name = name
    message.update_mask.SetInParent()
    return _if_unchanged(message, updated)


def _burying(
    name: str, place: Place, found: Found, tombstone: Tombstone, node: str, expires: datetime
) -> Any:
    message = _Write()
    message.update.name = name
    fields = message.update.fields
    fields["path"].string_value = place.path
    fields["hlc"].string_value = tombstone.deleted
    fields["by"].string_value = node
    fields["expireAt"].timestamp_value.FromDatetime(expires)
    fields["removed"].array_value.SetInParent()
    for version in tombstone.removed:
        fields["removed"].array_value.values.add().timestamp_value.FromNanoseconds(version)
    for stamp in tombstone.knew:
        fields["knew"].array_value.values.add().string_value = stamp
    if tombstone.over:
        fields["over"].timestamp_value.FromNanoseconds(tombstone.over)
    return _if_unchanged(message, _updated(found.tombstone))


def _if_unchanged(message: Any, updated: int) -> Any:
    if updated:
        message.current_document.update_time.FromNanoseconds(updated)
    else:
        message.current_document.exists = False
    return message


def _updated(found: Any) -> int:
    return found.updated if found else 0


def _paths(fields: list[str]) -> list[str]:
    return [FieldPath(name).to_api_repr() for name in fields]
