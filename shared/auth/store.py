"""Tenants and members in the hub's Firestore."""

from collections.abc import Sequence
from typing import NamedTuple

from google.cloud import firestore
from google.cloud.firestore_v1.base_query import FieldFilter

from shared.auth.models import Member
from shared.auth.roles import Book
from shared.auth.standing import state, tenant_path
from shared.auth.tenant_rows import book_of, member_of, member_path
from shared.kernel.ids import is_safe_id
from shared.platform import firestore as db
from shared.platform.wire import Wire


class Enrolled(NamedTuple):
    """A user's membership in a tenant, if there is one, and what it is worth there."""

    member: Member | None = None
    book: Book = Book()
    ended: bool = False


class Tenants:
    """`tenants/{tenantId}` and its `members/{userId}`."""

    def __init__(self, client: firestore.Client) -> None:
        self._client = client
        self._wire = Wire(client)

    def enrolled(self, tenant_id: str, user_id: str) -> Enrolled:
        """The user in the tenant, in one call with it.

        Any text that cannot be a tenant's id is like that of a tenant that is not there.
        """
        if not is_safe_id(tenant_id):
            return Enrolled()
        tenant, member = tenant_path(tenant_id), member_path(tenant_id, user_id)
        found = {path: each.document for path, each in self._wire.get([tenant, member]).items()}
        standing, held = state(tenant, found.get(tenant)), found.get(member)
        book = book_of(found.get(tenant, {}))
        return Enrolled(member_of(held) if held else None, book, standing.ended)

    def memberships(self, user_id: str) -> Sequence[Member]:
        """Every tenant that a user may act in, at most a hundred."""
        query = self._client.collection_group("members").where(
            filter=FieldFilter("userId", "==", user_id)
        )
        found = [member_of(row) for _, row in db.find(query.limit(100))]
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
