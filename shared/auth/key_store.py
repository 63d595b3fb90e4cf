"""API keys in the hub's Firestore: digests only."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, NamedTuple

from google.cloud import firestore
from google.cloud.firestore_v1.base_query import FieldFilter

from shared.auth.audit import Line, line_of, told
from shared.auth.chain import Act
from shared.auth.models import ApiKey
from shared.auth.standing import State, state, tenant_path
from shared.kernel.errors import NotFound
from shared.platform import firestore as db
from shared.platform.wire import Found, Wire


class Loaded(NamedTuple):
    """What a change of a key is decided upon."""

    key: ApiKey | None
    tenant: State
    line: Line
    found: Mapping[str, Found]


class ApiKeys:
    """`api_keys/{keyId}`."""

    def __init__(self, client: firestore.Client) -> None:
        self._client = client
        self._wire = Wire(client)

    def get(self, key_id: str) -> ApiKey | None:
        found = self._wire.get([_path(key_id)]).get(_path(key_id))
        return _api_key(key_id, found) if found else None

    def put(self, key: ApiKey) -> None:
        with db.bounded():
            reference = self._client.document(_path(key.key_id))
            reference.set(_row(key), retry=db.PATIENT, timeout=db.TIMEOUT_SECONDS)

    def load(self, key_id: str, tenant_id: str | None) -> Loaded:
        """The key, if there is one, beside its tenant; raises NotFound where that is not there."""
        line, tenant = line_of(tenant_id), tenant_path(tenant_id) if tenant_id else ""
        found = self._wire.get(filter(None, [_path(key_id), tenant, line.path]))
        if tenant and tenant not in found:
            raise NotFound(reason="tenant")
        standing = state(tenant, found[tenant].document) if tenant else State()
        key = found.get(_path(key_id))
        return Loaded(_api_key(key_id, key) if key else None, standing, line, found)

    def create(self, loaded: Loaded, key: ApiKey, act: Act, now: datetime) -> None:
        created = self._wire.creation(_path(key.key_id), _row(key))
        self._wire.commit([created, *told(self._wire, loaded.line, loaded.found, act, now)])

    def save(self, loaded: Loaded, key: ApiKey, act: Act, now: datetime) -> None:
        """Raises ChangedMeanwhile where it is no longer as it was loaded."""
        changed = self._wire.updating(_path(key.key_id), _row(key), key.updated)
        self._wire.commit([changed, *told(self._wire, loaded.line, loaded.found, act, now)])

    def tell(self, loaded: Loaded, act: Act, now: datetime) -> None:
        """An entry of what happened to a key, but changed nothing of it."""
        self._wire.commit(told(self._wire, loaded.line, loaded.found, act, now))

    def note_use(self, key: ApiKey, now: datetime) -> None:
        """Raises ChangedMeanwhile where somebody else has noted one."""
        self._wire.commit(
            [self._wire.updating(_path(key.key_id), {"lastUsedAt": now}, key.updated)]
        )

    def page(self, tenant_id: str | None, size: int, after: str) -> Sequence[ApiKey]:
        """In the order of their ids, behind one; empty: from the first."""
        keys = self._client.collection("api_keys")
        query = keys.where(filter=FieldFilter("tenantId", "==", tenant_id)).order_by("__name__")
        if after:
            query = query.start_after({"__name__": keys.document(after)})
        found = db.snapshots(query.limit(size))
        return [_api_key(each.id, Found(each.to_dict(), None)) for each in found]


def _path(key_id: str) -> str:
    return f"api_keys/{key_id}"


def _row(key: ApiKey) -> dict[str, Any]:
    return {
        "digest": key.digest,
        "name": key.name,
        "product": key.product,
        "tenantId": key.tenant_id,
        "scopes": sorted(key.scopes),
        "expiresAt": key.expires_at,
        "revoked": key.revoked,
        "createdAt": key.created_at,
        "createdBy": key.created_by,
        "lastUsedAt": key.last_used_at,
        "previousDigest": key.previous,
        "previousUntil": key.previous_until,
    }


def _api_key(key_id: str, found: Found) -> ApiKey:
    row = found.document
    return ApiKey(
        key_id=key_id,
        digest=row["digest"],
        name=row["name"],
        product=row["product"],
        tenant_id=row["tenantId"],
        scopes=frozenset(row["scopes"]),
        expires_at=row["expiresAt"],
        revoked=row["revoked"],
        created_at=row.get("createdAt"),
        created_by=row.get("createdBy"),
        last_used_at=row.get("lastUsedAt"),
        previous=row.get("previousDigest"),
        previous_until=row.get("previousUntil"),
        updated=found.updated,
    )
