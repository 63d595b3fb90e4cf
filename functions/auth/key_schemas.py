"""What the calls about API keys and the audit take and give."""

from typing import Annotated, Any

from pydantic import Field

from functions.auth.member_schemas import ListQuery
from functions.auth.schemas import Permission
from shared.entry.wire import Id, Moment, Name, When, Wire

DAY = 24 * 60 * 60


class KeyRequest(Wire):
    """Without `expiresAt`, a key is good for a year; no key is for longer."""

    name: Name
    product: Name
    tenant_id: Id | None = None
    scopes: Annotated[tuple[Permission, ...], Field(min_length=1, max_length=100)]
    expires_at: When | None = None


class RotateRequest(Wire):
    """For how long the secret before is good beside the new one: a day, at most a week."""

    overlap_seconds: Annotated[int, Field(ge=0, le=7 * DAY)] = DAY


class KeyView(Wire):
    """`previousUntil` is when the secret before the last rotation ends."""

    key_id: str
    name: str
    product: str
    tenant_id: str | None
    scopes: tuple[str, ...]
    created_at: Moment | None
    created_by: str | None
    last_used_at: Moment | None
    expires_at: Moment
    previous_until: Moment | None
    revoked: bool


class IssuedKeyView(KeyView):
    """`key` is shown this once."""

    key: str


class KeysPage(Wire):
    items: tuple[KeyView, ...]
    next_cursor: str | None


class AuditQuery(ListQuery):
    """With `userId`, what happened to that user's identities and sessions."""

    user_id: Id | None = None


class VerifyRequest(Wire):
    user_id: Id | None = None


class EntryView(Wire):
    """`hash` is over all that stands here, `prev` included, which is the hash before it."""

    entry_id: str
    at: Moment
    actor: str
    action: str
    target: str
    details: dict[str, Any]
    prev: str
    hash: str


class AuditPage(Wire):
    items: tuple[EntryView, ...]
    next_cursor: str | None


class VerifyAnswer(Wire):
    """`brokenAt` is the first entry that is changed, swapped or missing."""

    valid: bool
    entries: int
    broken_at: str | None
