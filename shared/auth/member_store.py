"""Members and books of roles, changed in one commit with the entry that tells of it."""

from collections.abc import Sequence
from datetime import datetime
from typing import NamedTuple

from google.cloud import firestore
from google.cloud.firestore_v1.base_query import FieldFilter

from shared.auth.audit import Line, line_of, told
from shared.auth.chain import Act
from shared.auth.joining import joining, leaving
from shared.auth.models import Member
from shared.auth.roles import Book
from shared.auth.standing import tenant_path, user_path
from shared.auth.tenant_rows import (
    Fields,
    book_fields,
    book_of,
    member_fields,
    member_of,
    member_path,
)
from shared.kernel.errors import NotFound
from shared.kernel.ids import is_safe_id
from shared.kernel.lenient import whole
from shared.platform import firestore as db
from shared.platform.wire import Found, Wire, Write

SOME = 20
PLAIN = {"admin", "editor", "viewer"}


class Loaded(NamedTuple):
    """What a change in a tenant is decided upon, read in one call."""

    tenant_id: str
    book: Book
    member: Member | None
    user_known: bool
    line: Line
    found: dict[str, Found]


class MemberStore:
    """`tenants/{tenantId}`, where the book of roles is, and `tenants/{tenantId}/members`."""

    def __init__(self, client: firestore.Client) -> None:
        self._client = client
        self._wire = Wire(client)

    def load(self, tenant_id: str, user_id: str = "") -> Loaded:
        """Raises NotFound where there is no such tenant."""
        line = line_of(tenant_id)
        member = member_path(tenant_id, user_id)
        about_user = [member, user_path(user_id)] if user_id else []
        safe = is_safe_id(tenant_id)
        found = self._wire.get([tenant_path(tenant_id), line.path, *about_user]) if safe else {}
        if tenant_path(tenant_id) not in found:
            raise NotFound(reason="tenant")
        book = book_of(found[tenant_path(tenant_id)].document)
        held = member_of(member, found[member].document) if member in found else None
        return Loaded(tenant_id, book, held, user_path(user_id) in found, line, found)

    def put(self, loaded: Loaded, member: Member, act: Act, now: datetime) -> None:
        """Raises ChangedMeanwhile or AlreadyThere where something is not as it was loaded."""
        path = member_path(member.tenant_id, member.user_id)
        was, fields = loaded.found.get(path), member_fields(member)
        kept = self._wire.updating(path, fields, was.updated) if was else None
        write = kept or self._wire.creation(path, fields)
        said = joining(self._wire, loaded.found, member.user_id, member.tenant_id)
        self._commit(loaded, [write, *said, self._guard(loaded, member)], act, now)

    def remove(self, loaded: Loaded, member: Member, act: Act, now: datetime) -> None:
        path = member_path(member.tenant_id, member.user_id)
        gone = self._wire.deletion(path, loaded.found[path].updated)
        said = leaving(self._wire, loaded.found, member.user_id, member.tenant_id)
        self._commit(loaded, [gone, *said, self._guard(loaded, member)], act, now)

    def put_book(self, loaded: Loaded, book: Book, act: Act, now: datetime) -> None:
        self._commit(loaded, [self._tenant(loaded, book_fields(book))], act, now)

    def page(self, tenant_id: str, size: int, after: str) -> Sequence[Member]:
        """Members in the order of their ids, behind one; empty: from the first."""
        members = self._members(tenant_id)
        query = members.order_by("__name__").limit(size)
        if after:
            query = query.start_after({"__name__": members.document(after)})
        return _members_of(tenant_id, query)

    def holders(self, tenant_id: str, kind: str, name: str) -> Sequence[Member]:
        """Some of the members who have a role (`roles`) or are in a team (`teams`)."""
        query = self._members(tenant_id).where(filter=FieldFilter(kind, "array_contains", name))
        return _members_of(tenant_id, query.limit(SOME))

    def _guard(self, loaded: Loaded, member: Member) -> Write:
        """The roles and teams are as they were read.

        Where somebody counts who has a role, or whether anybody has, the next one must see this.
        """
        counted = {*member.roles, *(loaded.member.roles if loaded.member else ())} - PLAIN
        tenant = loaded.found[tenant_path(loaded.tenant_id)]
        if not counted and not member.teams:
            return self._wire.unchanged(tenant_path(loaded.tenant_id), tenant.updated)
        return self._tenant(loaded, {"turns": whole(tenant.document.get("turns")) + 1})

    def _tenant(self, loaded: Loaded, fields: Fields) -> Write:
        path = tenant_path(loaded.tenant_id)
        return self._wire.updating(path, fields, loaded.found[path].updated)

    def _commit(self, loaded: Loaded, writes: list[Write], act: Act, now: datetime) -> None:
        self._wire.commit(writes + told(self._wire, loaded.line, loaded.found, act, now))

    def _members(self, tenant_id: str) -> firestore.CollectionReference:
        tenant = self._client.collection("tenants").document(tenant_id)
        members: firestore.CollectionReference = tenant.collection("members")
        return members


def _members_of(tenant_id: str, query: firestore.Query) -> list[Member]:
    found = db.find(query)
    return [member_of(member_path(tenant_id, user_id), row) for user_id, row in found]
