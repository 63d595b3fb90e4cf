"""Sessions in Firestore: `sessions/{sessionId}`, one document each, nothing secret in it."""

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Any, NamedTuple

from google.cloud import firestore
from google.cloud.firestore_v1.base_query import FieldFilter

from shared.auth.audit import line_of_user, told
from shared.auth.chain import Act
from shared.auth.refresh_tokens import Refresh
from shared.auth.roles import compiled
from shared.auth.session_rows import changing_fields, session_document, session_of
from shared.auth.session_rules import Session
from shared.auth.standing import State, session_path, state, tenant_path, user_path
from shared.auth.tenant_rows import book_of, member_of, member_path
from shared.kernel.lenient import mapping
from shared.platform import firestore as db
from shared.platform.wire import Found, Wire, Write

Position = tuple[datetime, str]


class Around(NamedTuple):
    """What a session depends on: its user, and the tenant with the user's roles in it.

    `permissions` are what the roles come to; `beside` is what else was read with it.
    """

    user: State
    profile: Mapping[str, Any]
    tenant: State
    roles: Sequence[str] | None
    permissions: frozenset[str]
    tenant_id: str | None
    beside: Mapping[str, Found]

    @property
    def foreign(self) -> bool:
        """Whether it is in a tenant that the user is no member of."""
        return self.tenant_id is not None and self.roles is None


class Loaded(NamedTuple):
    """A session with all that its refresh depends on, read in one call."""

    session: Session
    updated: Any
    around: Around

    @property
    def changed_at(self) -> datetime:
        found: datetime = self.updated.ToDatetime(tzinfo=UTC)
        return found


class SessionStore:
    def __init__(self, client: firestore.Client) -> None:
        self._client = client
        self._wire = Wire(client)

    def create(self, session: Session, beside: Mapping[str, Found]) -> None:
        """`beside` has the end of the user's audit, as `before` has read it."""
        path = session_path(session.session_id)
        created = self._wire.creation(path, session_document(session))
        entry = self._told(session, "session.begin", session.created_at, beside)
        self._wire.commit([created, *entry])

    def before(self, user_id: str, tenant_id: str | None) -> Around:
        """What a new session depends on, and what its creation is told beside."""
        found = self._wire.get([*_paths(user_id, tenant_id), line_of_user(user_id).path])
        return _around(user_id, tenant_id, found)

    def around(self, user_id: str, tenant_id: str | None) -> Around:
        return _around(user_id, tenant_id, self._wire.get(_paths(user_id, tenant_id)))

    def load(self, named: Refresh) -> Loaded | None:
        """The session, in one call with what it depends on; None where there is none."""
        path, owner = session_path(named.session_id), (named.user_id, named.tenant_id)
        found = self._wire.get([path, *_paths(*owner)])
        if path not in found:
            return None
        session = session_of(named.session_id, found[path].document)
        return Loaded(session, found[path].updated, _around(*owner, found))

    def save(self, session: Session, updated: Any) -> None:
        """Raises ChangedMeanwhile where it is no longer as it was loaded."""
        path = session_path(session.session_id)
        self._wire.commit([self._wire.updating(path, changing_fields(session), updated)])

    def end(self, session: Session, updated: Any, reason: str, now: datetime) -> None:
        """Save one that has ended, and tell of it; raises ChangedMeanwhile like `save`."""
        path, line = session_path(session.session_id), line_of_user(session.user_id)
        saved = self._wire.updating(path, changing_fields(session), updated)
        entry = self._told(session, f"session.{reason}", now, self._wire.get([line.path]))
        self._wire.commit([saved, *entry])

    def find(self, session_id: str) -> tuple[Session, Any] | None:
        path = session_path(session_id)
        found = self._wire.get([path]).get(path)
        return (session_of(session_id, found.document), found.updated) if found else None

    def page(
        self, user_id: str, epoch: int, now: datetime, size: int, after: Position | None
    ) -> Sequence[Session]:
        """A user's living sessions, those that will live longest first."""
        query: firestore.Query = self._client.collection("sessions").limit(size)
        for field, value in (("userId", user_id), ("userEpoch", epoch), ("status", "active")):
            query = query.where(filter=FieldFilter(field, "==", value))
        query = query.where(filter=FieldFilter("idleExpiresAt", ">", now))
        query = query.order_by("idleExpiresAt", "DESCENDING").order_by("__name__", "DESCENDING")
        if after:
            last = self._client.collection("sessions").document(after[1])
            query = query.start_after({"idleExpiresAt": after[0], "__name__": last})
        return [session_of(session_id, row) for session_id, row in db.find(query)]

    def sign_out_everywhere(self, user_id: str, now: datetime) -> None:
        """One write, which ends every session and every earlier sign-in of the user, and its entry.

        Raises ChangedMeanwhile where the user is not as they were read.
        """
        path, line = user_path(user_id), line_of_user(user_id)
        found = self._wire.get([path, line.path])
        if path not in found:
            return
        fields = {"epoch": found[path].document.get("epoch", 0) + 1, "signedOutAt": now}
        ended = self._wire.updating(path, fields, found[path].updated)
        act = Act(f"user:{user_id}", "session.end-all", user_id, {})
        self._wire.commit([ended, *told(self._wire, line, found, act, now)])

    def _told(
        self, session: Session, action: str, now: datetime, found: Mapping[str, Found]
    ) -> list[Write]:
        details = {"audience": session.audience, "tenantId": session.tenant_id}
        act = Act(f"user:{session.user_id}", action, session.session_id, details)
        return told(self._wire, line_of_user(session.user_id), found, act, now)


def _paths(user_id: str, tenant_id: str | None) -> list[str]:
    in_tenant = [tenant_path(tenant_id), member_path(tenant_id, user_id)] if tenant_id else []
    return [user_path(user_id), *in_tenant]


def _around(user_id: str, tenant_id: str | None, found: Mapping[str, Found]) -> Around:
    rows = {path: each.document for path, each in found.items()}
    user, tenant = user_path(user_id), tenant_path(tenant_id) if tenant_id else ""
    place = member_path(tenant_id or "", user_id)
    member = member_of(place, rows[place]) if place in rows else None
    return Around(
        user=state(user, rows.get(user)),
        profile=mapping(rows.get(user, {}).get("profile")),
        tenant=state(tenant, rows.get(tenant)) if tenant else State(),
        roles=member.roles if member and not member.suspended else None,
        permissions=compiled(member, book_of(rows.get(tenant, {}))).permissions,
        tenant_id=tenant_id,
        beside=found,
    )
