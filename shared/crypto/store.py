"""Key rings in Firestore: `data_keys/{keyId}`, wrapped keys only."""

from collections.abc import Callable
from typing import Any

from google.cloud import firestore

from shared.crypto.models import KeyRing, WrappedKey
from shared.platform import firestore as db

Decide = Callable[[KeyRing | None], KeyRing | None]  # raises what it refuses


class KeyRings:
    """One document a subject of a tenant."""

    def __init__(self, client: firestore.Client) -> None:
        self._client = client

    def get(self, key_id: str) -> KeyRing | None:
        found = db.read(self._reference(key_id))
        return _ring(key_id, found[0]) if found else None

    def add(self, ring: KeyRing) -> bool:
        """Store a first ring; False when there is one."""
        return db.create(self._reference(ring.key_id), _document(ring))

    def change(self, key_id: str, decide: Decide) -> bool:
        """Store what `decide` makes of the ring; False when that is None."""

        def decided(stored: db.Document) -> db.Document | None:
            after = decide(_ring(key_id, stored) if stored else None)
            return _document(after) if after else None

        return db.change(self._client, self._reference(key_id), decided)

    def _reference(self, key_id: str) -> firestore.DocumentReference:
        return self._client.collection("data_keys").document(key_id)


def _document(ring: KeyRing) -> dict[str, Any]:
    return {
        "tenantId": ring.tenant_id,
        "subject": ring.subject,
        "versions": [version._asdict() for version in ring.versions],
        "destroyedAt": ring.destroyed_at,
    }


def _ring(key_id: str, row: db.Document) -> KeyRing:
    return KeyRing(
        key_id=key_id,
        tenant_id=row["tenantId"],
        subject=row["subject"],
        versions=tuple(WrappedKey(**version) for version in row["versions"]),
        destroyed_at=row["destroyedAt"],
    )
