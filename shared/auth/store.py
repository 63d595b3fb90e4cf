"""Users, identities, tenants, members and API keys in the hub's Firestore."""

from collections.abc import Sequence
from typing import Any

from google.cloud import firestore
from google.cloud.firestore_v1.base_query import FieldFilter

from shared.auth.models import ApiKey, Identity, LinkedIdentity, Member, User
from shared.kernel.ids import derived_id, is_safe_id
from shared.platform import firestore as db


class Users:
    """`users/{userId}`, found by `identities/{hash}` and, when verified, `email_claims/{hash}`."""

    def __init__(self, client: firestore.Client) -> None:
        self._client = client

    def id_of(self, identity: Identity) -> str | None:
        found = db.read(self._identity(identity))
        return found[0]["userId"] if found else None

    def id_of_email(self, email: str) -> str | None:
        found = db.read(self._email(email))
        return found[0]["userId"] if found else None

    def get(self, user_id: str) -> User | None:
        found = db.read(self._user(user_id))
        return _user(user_id, found[0]) if found else None

    def register(self, user_id: str, identity: Identity) -> None:
        """A new user with one identity; raises AlreadyThere when either exists."""
        batch = self._client.batch()
        batch.create(self._identity(identity), _identity_row(user_id, identity))
        batch.create(self._user(user_id), _user_row(identity))
        if identity.email and identity.email_verified:
            batch.create(self._email(identity.email), {"userId": user_id})
        db.commit(batch)

    def link(self, user_id: str, identity: Identity) -> None:
        """One more identity of a known user; raises AlreadyThere when it has one."""
        batch = self._client.batch()
        batch.create(self._identity(identity), _identity_row(user_id, identity))
        batch.update(
            self._user(user_id), {"identities": firestore.ArrayUnion([_identity_map(identity)])}
        )
        db.commit(batch)

    def _user(self, user_id: str) -> firestore.DocumentReference:
        return self._client.collection("users").document(user_id)

    def _identity(self, identity: Identity) -> firestore.DocumentReference:
        name = derived_id(identity.issuer, identity.subject)
        return self._client.collection("identities").document(name)

    def _email(self, email: str) -> firestore.DocumentReference:
        return self._client.collection("email_claims").document(derived_id(_folded(email)))


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


def _folded(email: str) -> str:
    """Case is folded in ASCII alone: elsewhere two mailboxes may fold to one (`K`, Kelvin)."""
    return email.lower() if email.isascii() else email


def _identity_map(identity: Identity) -> dict[str, Any]:
    return {
        "issuer": identity.issuer,
        "subject": identity.subject,
        "project": identity.project,
        "email": identity.email,
        "emailVerified": identity.email_verified,
    }


def _identity_row(user_id: str, identity: Identity) -> dict[str, Any]:
    return {"userId": user_id, **_identity_map(identity), "linkedAt": firestore.SERVER_TIMESTAMP}


def _user_row(identity: Identity) -> dict[str, Any]:
    return {
        "profile": {"email": identity.email, "displayName": identity.display_name},
        "identities": [_identity_map(identity)],
        "createdAt": firestore.SERVER_TIMESTAMP,
    }


def _user(user_id: str, row: dict[str, Any]) -> User:
    return User(
        user_id=user_id,
        email=row["profile"].get("email"),
        display_name=row["profile"].get("displayName"),
        identities=[_linked(item) for item in row["identities"]],
    )


def _linked(row: dict[str, Any]) -> LinkedIdentity:
    return LinkedIdentity(
        row["issuer"], row["subject"], row["project"], row["email"], row["emailVerified"]
    )


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
