"""Tenants, members and API keys in the hub's Firestore."""

from collections.abc import Sequence
from typing import Any

from google.cloud import firestore
from google.cloud.firestore_v1.base_query import FieldFilter

from shared.auth.models import ApiKey, Member
from shared.kernel.ids import is_safe_id
from shared.platform import firestore as db


class Tenants:
    """`tenants/{tenantId}` and its `members/{userId}`."""

    def __init__(self, client: firestore.Client) -> None:
        self._client = client

    def member(self, tenant_id: str, user_id: str) -> Member | None:
        """None for any text that cannot be a tenant's id, like for a tenant that is not there."""
        if not is_safe_id(tenant_id):
            return None
        found = db.read(self._members(tenant_id).document(user_id))
        return _member(found[0]) if found else None

    def memberships(self, user_id: str) -> Sequence[Member]:
        """Every tenant that a user may act in, at most a hundred."""
        query = self._client.collection_group("members").where(
            filter=FieldFilter("userId", "==", user_id)
        )
        found = [_member(row) for _, row in db.find(query.limit(100))]
        return [member for member in found if not member.suspended]

    def only(self, user_id: str) -> str | None:
        """The tenant of a user who is in no other."""
        found = self.memberships(user_id)
        return found[0].tenant_id if len(found) == 1 else None

    def put_member(self, member: Member) -> None:
        row = {
            "tenantId": member.tenant_id,
            "userId": member.user_id,
            "roles": list(member.roles),
            "version": firestore.Increment(1),
        }
        with db.bounded():
            reference = self._members(member.tenant_id).document(member.user_id)
            reference.set(row, merge=True, retry=db.PATIENT, timeout=db.TIMEOUT_SECONDS)

    def put_tenant(self, tenant_id: str, slug: str, name: str, products: Sequence[str]) -> None:
        row = {"slug": slug, "name": name, "products": list(products), "status": "active"}
        with db.bounded():
            tenant = self._tenant(tenant_id)
            tenant.set(row, merge=True, retry=db.PATIENT, timeout=db.TIMEOUT_SECONDS)

    def products(self, tenant_id: str) -> Sequence[str]:
        """The products of a tenant; none of one that is not there."""
        found = db.read(self._tenant(tenant_id)) if is_safe_id(tenant_id) else None
        return tuple(found[0].get("products") or ()) if found else ()

    def _tenant(self, tenant_id: str) -> firestore.DocumentReference:
        return self._client.collection("tenants").document(tenant_id)

    def _members(self, tenant_id: str) -> firestore.CollectionReference:
        members: firestore.CollectionReference = self._tenant(tenant_id).collection("members")
        return members


class ApiKeys:
    """`api_keys/{keyId}`: digests only."""

    def __init__(self, client: firestore.Client) -> None:
        self._client = client

    def get(self, key_id: str) -> ApiKey | None:
        found = db.read(self._keys().document(key_id))
        return _api_key(key_id, found[0]) if found else None

    def put(self, key: ApiKey) -> None:
        row = {
            "digest": key.digest,
            "name": key.name,
            "product": key.product,
            "tenantId": key.tenant_id,
            "scopes": sorted(key.scopes),
            "expiresAt": key.expires_at,
            "revoked": key.revoked,
        }
        with db.bounded():
            self._keys().document(key.key_id).set(row, retry=db.PATIENT, timeout=db.TIMEOUT_SECONDS)

    def _keys(self) -> firestore.CollectionReference:
        return self._client.collection("api_keys")


def _member(row: dict[str, Any]) -> Member:
    suspended = row.get("status", "active") != "active"
    return Member(row["tenantId"], row["userId"], tuple(row["roles"]), row["version"], suspended)


def _api_key(key_id: str, row: dict[str, Any]) -> ApiKey:
    return ApiKey(
        key_id=key_id,
        digest=row["digest"],
        name=row["name"],
        product=row["product"],
        tenant_id=row["tenantId"],
        scopes=frozenset(row["scopes"]),
        expires_at=row["expiresAt"],
        revoked=row["revoked"],
    )
