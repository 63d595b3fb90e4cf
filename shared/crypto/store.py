"""Keys in Firestore, wrapped or sealed: `tenant_keys/{tenantId}` and `data_keys/{keyId}`."""

from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from datetime import datetime
from typing import Any

from google.cloud import firestore
from google.cloud.firestore_v1.base_query import FieldFilter

from shared.crypto import rules
from shared.crypto.models import KeyRing, SubjectKey, Telling, WrappedKey
from shared.kernel.errors import DependencyUnavailable
from shared.platform import firestore as db
from shared.platform.wire import Found, Wire, Write

PAGE = 100
PAGES = 1_000
Decide = Callable[[KeyRing | None], KeyRing | None]  # raises what it refuses


class KeyRings:
    """One document a tenant; `nextTurnAt` is when somebody must see to it."""

    def __init__(self, client: firestore.Client) -> None:
        self._rings = client.collection("tenant_keys")
        self._wire = Wire(client)

    def get(self, tenant_id: str) -> KeyRing | None:
        found = self._wire.get([_path(tenant_id)]).get(_path(tenant_id))
        return _ring(tenant_id, found.document) if found else None

    def add(self, ring: KeyRing) -> bool:
        """Store a first ring; False when there is one."""
        return db.create(self._rings.document(ring.tenant_id), _ring_document(ring))

    def change(self, tenant_id: str, decide: Decide, telling: Telling) -> None:
        """Store what `decide` makes of the ring, if anything, and what is told of it."""
        path = _path(tenant_id)
        for attempt in range(db.ATTEMPTS):
            found = self._wire.get([path, *telling.paths])
            before = found.get(path)
            after = decide(_ring(tenant_id, before.document) if before else None)
            if after is None:
                return
            with suppress(db.AlreadyThere, db.ChangedMeanwhile):
                self._wire.commit([self._written(after, before), *telling.writes(found)])
                return
            db.pause(attempt)
        raise DependencyUnavailable(reason="contention")

    def due(self, now: datetime) -> Iterator[str]:
        """The tenants whose turn has come, by page."""
        query = self._rings.where(filter=FieldFilter("nextTurnAt", "<=", now))
        query = query.order_by("nextTurnAt").limit(PAGE)
        start = query
        for _ in range(PAGES):
            page = db.snapshots(start)
            yield from (snapshot.id for snapshot in page)
            if len(page) < PAGE:
                return
            start = query.start_after(page[-1])

    def _written(self, ring: KeyRing, before: Found | None) -> Write:
        path, document = _path(ring.tenant_id), _ring_document(ring)
        if before is None:
            return self._wire.creation(path, document)
        return self._wire.updating(path, document, before.updated)


class StoredSubjectKeys:
    """One document a subject of a tenant."""

    def __init__(self, client: firestore.Client) -> None:
        self._client = client
        self._keys = client.collection("data_keys")

    def get(self, key_id: str) -> SubjectKey | None:
        found = db.read(self._keys.document(key_id))
        return _key(key_id, found[0]) if found else None

    def add(self, key: SubjectKey) -> bool:
        """Store a first key; False when there is one."""
        return db.create(self._keys.document(key.key_id), _key_document(key))

    def change(self, key_id: str, decide: Callable[[SubjectKey | None], SubjectKey | None]) -> bool:
        def decided(stored: db.Document) -> db.Document | None:
            after = decide(_key(key_id, stored) if stored else None)
            return _key_document(after) if after else None

        return db.change(self._client, self._keys.document(key_id), decided)

    def page(self, tenant_id: str, after: str) -> Sequence[SubjectKey]:
        """The tenant's, by id, behind one."""
        query = self._keys.where(filter=FieldFilter("tenantId", "==", tenant_id))
        query = query.order_by("__name__").limit(PAGE)
        start = query.start_after({"__name__": self._keys.document(after)}) if after else query
        return [_key(key_id, row) for key_id, row in db.find(start)]


def _path(tenant_id: str) -> str:
    return f"tenant_keys/{tenant_id}"


def _ring_document(ring: KeyRing) -> dict[str, Any]:
    return {
        "tenantId": ring.tenant_id,
        "versions": [_version_map(version) for version in ring.versions],
        "settled": ring.settled,
        "nextTurnAt": rules.next_turn(ring),
        "destroyedAt": ring.destroyed_at,
    }


def _version_map(version: WrappedKey) -> dict[str, Any]:
    return {"wrapped": version.wrapped, "kek": version.kek, "madeAt": version.made_at}


def _ring(tenant_id: str, row: db.Document) -> KeyRing:
    return KeyRing(
        tenant_id=tenant_id,
        versions=tuple(WrappedKey(v["wrapped"], v["kek"], v["madeAt"]) for v in row["versions"]),
        settled=row["settled"],
        destroyed_at=row["destroyedAt"],
    )


def _key_document(key: SubjectKey) -> dict[str, Any]:
    return {
        "tenantId": key.tenant_id,
        "subject": key.subject,
        "sealed": key.sealed,
        "destroyedAt": key.destroyed_at,
    }


def _key(key_id: str, row: db.Document) -> SubjectKey:
    return SubjectKey(key_id, row["tenantId"], row["subject"], row["sealed"], row["destroyedAt"])
