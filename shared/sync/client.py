"""For products: stamp your own writes, in your own batch or transaction.

A write that is stamped needs no write-back: the engine writes it to the other side and is done.

    sync = Stamping(firestore.Client(), "app")         # the alias of this project
    batch = client.batch()                             # or a transaction
    sync.update(batch, case.get(), {"status": "found"})
    batch.commit()

Every write is made upon a snapshot and fails, with the batch, if the document has changed since
(google.api_core.exceptions.FailedPrecondition): read it again. What cannot be stamped is written
plainly: new documents, values that only the server knows (increments, its time), and documents
of which the engine has still to hear.
"""

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from google.cloud import firestore
from google.cloud.firestore_v1 import _helpers, types
from google.cloud.firestore_v1.base_batch import BaseBatch
from google.cloud.firestore_v1.field_path import FieldPath

from shared.kernel.clock import Clock, utc_now
from shared.sync.changes import minted_at
from shared.sync.credible import SYNC_FIELD
from shared.sync.documents import tombstone_found, version_of
from shared.sync.encoding import fill_marks, moment
from shared.sync.marks import replica_at
from shared.sync.models import Marks, Place, Replica, Tombstone, Version
from shared.sync.scopes import EVERYTHING
from shared.sync.sight import sight_of
from shared.sync.stamping import is_settled, stamped
from shared.sync.writes import TOMBSTONES, names

KEPT = timedelta(days=30)
Snapshot = Any  # a DocumentSnapshot
Fields = Mapping[str, Any]  # top-level fields by their names, which are taken as they are


class Stamping:
    """The stamps of one project. Its clock may be a second ahead at most, or it is not believed."""

    def __init__(self, client: firestore.Client, node: str, clock: Clock = utc_now) -> None:
        self._client = client
        self._node = node
        self._clock = clock

    def create(self, batch: BaseBatch, reference: Any, fields: Fields) -> None:
        """A new document, which the engine stamps; the batch fails if there is one."""
        batch.create(reference, dict(fields))

    def set(self, batch: BaseBatch, snapshot: Snapshot, fields: Fields) -> None:
        """Just these fields, whatever the document held."""
        gone = (_values(snapshot).keys() - fields.keys()) - {SYNC_FIELD}
        self.update(batch, snapshot, {**fields, **dict.fromkeys(gone, firestore.DELETE_FIELD)})

    def update(self, batch: BaseBatch, snapshot: Snapshot, changes: Fields) -> None:
        """These fields; DELETE_FIELD removes one."""
        after = {**_values(snapshot), **changes}
        after.pop(SYNC_FIELD, None)
        kept = {n: value for n, value in after.items() if value is not firestore.DELETE_FIELD}
        marks = self._marks(snapshot, kept)
        named = {FieldPath(name).to_api_repr(): value for name, value in changes.items()}
        batch.update(snapshot.reference, {**named, **marks}, self._unchanged(snapshot))

    def delete(self, batch: BaseBatch, snapshot: Snapshot) -> None:
        """Reads the tombstone first, so in a transaction it comes before all writes."""
        old = _version(snapshot)
        if is_settled(old):
            self._bury(batch, _place(snapshot.reference), old)
        batch.delete(snapshot.reference, self._unchanged(snapshot))

    def _marks(self, snapshot: Snapshot, fields: Fields) -> dict[str, Any]:
        """The member `_sync`; none where the write cannot be stamped."""
        try:
            after = {name: types.Value.pb(_helpers.encode_value(v)) for name, v in fields.items()}
        except TypeError:  # a value that only the server knows
            return {}
        old, new = _version(snapshot), version_of(after, 0, 0).fields
        marks = stamped(old, new, self._node, self._now_us())
        return {SYNC_FIELD: self._stored(marks)} if marks else {}

    def _stored(self, marks: Marks) -> dict[str, Any]:
        value = types.Value.pb()()
        fill_marks(value, marks)
        found: Any = _helpers.decode_value(types.Value.wrap(value), self._client)
        found["w"]["at"] = firestore.SERVER_TIMESTAMP
        return dict(found)

    def _bury(self, batch: BaseBatch, place: Place, old: Version) -> None:
        digest = names(place).tombstone.rpartition("/")[2]
        reference = self._client.collection(TOMBSTONES).document(digest)
        inside = batch if isinstance(batch, firestore.Transaction) else None
        found = reference.get(transaction=inside)
        stone = self._stone(place, old, _tombstone(found))
        if found.exists:
            batch.update(reference, stone, self._unchanged(found))
        else:
            batch.create(reference, {"removed": [], **stone})

    def _stone(self, place: Place, old: Version, found: Tombstone | None) -> dict[str, Any]:
        known = replica_at(old)
        buried = max(known.deleted, found.deleted if found else "")
        basis = Replica(known.cells, buried)
        return {
            "path": place.path,
            "hlc": minted_at(self._now_us(), self._node, basis),
            "by": self._node,
            "knew": list(sight_of(old, self._node, EVERYTHING).seen_of_all),
            "over": _moment(old.updated),
            "expireAt": self._clock() + KEPT,
        }

    def _unchanged(self, snapshot: Snapshot) -> Any:
        return self._client.write_option(last_update_time=snapshot.update_time)

    def _now_us(self) -> int:
        return int(self._clock().timestamp() * 1_000_000)


def _values(snapshot: Snapshot) -> dict[str, Any]:
    return snapshot.to_dict() or {}


def _version(snapshot: Snapshot) -> Version:
    fields = {n: types.Value.pb(_helpers.encode_value(v)) for n, v in _values(snapshot).items()}
    return version_of(fields, moment(snapshot.create_time), moment(snapshot.update_time))


def _tombstone(snapshot: Snapshot) -> Tombstone | None:
    if not snapshot.exists:
        return None
    fields = _helpers.encode_dict(_values(snapshot))
    return tombstone_found(types.Document.pb(types.Document(fields=fields)))


def _place(reference: Any) -> Place:
    collection, _, document_id = reference.path.rpartition("/")
    return Place(reference._client.project, collection, document_id)


def _moment(nanoseconds: int) -> Any:
    value = types.Value.pb()()
    value.timestamp_value.FromNanoseconds(nanoseconds)
    return _helpers.decode_value(types.Value.wrap(value), None)
