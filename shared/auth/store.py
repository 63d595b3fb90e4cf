"""Tenants and members in the hub's Firestore."""

from collections.abc import Sequence
from functools import partial
from typing import NamedTuple

from google.cloud import firestore
from google.cloud.firestore_v1.base_query import FieldFilter

from shared.auth.joining import MOST_TENANTS, joining, stating
from shared.auth.models import Member
from shared.auth.roles import Book
from shared.auth.standing import state, tenant_path, user_path
from shared.auth.tenant_rows import book_of, is_member_path, member_of, member_path
from shared.kernel.ids import is_safe_id
from shared.platform import firestore as db
from shared.platform.persistence import persistently
from shared.platform.wire import Wire

MOST_PAGES = 10


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
        return Enrolled(member_of(member, held) if held is not None else None, book, standing.ended)

    def memberships(self, user_id: str) -> Sequence[Member]:
        """Every tenant that a user may act in, at most a hundred."""
        found = self._memberships(user_id, 100)
        return [member for member in found if not member.suspended]

    def only(self, user_id: str) -> str | None:
        """The tenant of a user who is in no other."""
        found = self.memberships(user_id)
        return found[0].tenant_id if len(found) == 1 else None

    def put_member(self, member: Member) -> None:
        """Roles alone: whoever asks no permission, and leaves no entry."""
        persistently(partial(self._put_member, member))

    def restate(self, user_id: str) -> None:
        """Has the user's document say where they are members, whoever has written that."""
        persistently(partial(self._restate, user_id))

    def put_tenant(self, tenant_id: str, slug: str, name: str, products: Sequence[str]) -> None:
        row = {"slug": slug, "name": name, "products": list(products), "status": "active"}
        with db.bounded():
            tenant = self._tenant(tenant_id)
            tenant.set(row, merge=True, retry=db.PATIENT, timeout=db.TIMEOUT_SECONDS)

    def products(self, tenant_id: str) -> Sequence[str]:
        """The products of a tenant; none of one that is not there."""
        found = db.read(self._tenant(tenant_id)) if is_safe_id(tenant_id) else None
        return tuple(found[0].get("products") or ()) if found else ()

    def _put_member(self, member: Member) -> None:
        tenant_id, user_id = member.tenant_id, member.user_id
        path = member_path(tenant_id, user_id)
        found = self._wire.get([path, user_path(user_id)])
        was = found.get(path)
        row = {
            "tenantId": tenant_id,
            "userId": user_id,
            "roles": list(member.roles),
            "version": member_of(path, was.document).version + 1 if was else 1,
        }
        kept = self._wire.updating(path, row, was.updated) if was else None
        write = kept or self._wire.creation(path, row)
        self._wire.commit([write, *joining(self._wire, found, user_id, tenant_id)])

    def _restate(self, user_id: str) -> None:
        found = self._wire.get([user_path(user_id)])
        tenants = {each.tenant_id for each in self._memberships(user_id, MOST_TENANTS + 1)}
        if said := stating(self._wire, found, user_id, tenants):
            self._wire.commit(said)

    def _memberships(self, user_id: str, most: int) -> list[Member]:
        """Others may have collections of that name, too: then a page holds few of ours, or none."""
        members: list[Member] = []
        query = self._client.collection_group("members").where(
            filter=FieldFilter("userId", "==", user_id)
        )
        for _ in range(MOST_PAGES):
            page = db.snapshots(query.limit(most))
            ours = [each for each in page if is_member_path(each.reference.path, user_id)]
            members += [member_of(each.reference.path, each.to_dict() or {}) for each in ours]
            if len(page) < most or len(members) >= most:
                break
            query = query.start_after(page[-1])
        return members[:most]

    def _tenant(self, tenant_id: str) -> firestore.DocumentReference:
        return self._client.collection("tenants").document(tenant_id)
