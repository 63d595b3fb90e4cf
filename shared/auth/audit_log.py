"""Use cases of the audit: read a tenant's entries, and hold them to their chains."""

import re
from collections.abc import Sequence
from contextlib import suppress
from datetime import datetime

from shared.auth.audit import NAME, AuditStore, Position, book_of
from shared.auth.chain import Entry, Verdict, verified
from shared.auth.models import Caller
from shared.auth.service import Auth
from shared.kernel.clock import rfc3339
from shared.kernel.errors import Conflict, InvalidRequest
from shared.kernel.pages import Page, decode_cursor, encode_cursor

READ = "auth:audit:read"
MOST_ENTRIES = 100_000


class AuditLog:
    """Of the tenant that is named; the platform's own, where a key of it names none."""

    def __init__(self, auth: Auth, store: AuditStore) -> None:
        self._auth = auth
        self._store = store

    def page(
        self, caller: Caller, named: str | None, limit: int, cursor: str | None
    ) -> Page[Entry]:
        """The newest first."""
        book = self._book(caller, named)
        after = _position(decode_cursor(cursor, book)) if cursor else None
        found = self._store.page(book, limit, after)
        if len(found) < limit:
            return Page(found)
        return Page(found, encode_cursor(book, rfc3339(found[-1].at), found[-1].entry_id))

    def verify(self, caller: Caller, named: str | None) -> Verdict:
        """Walks along all entries; raises Conflict where they are too many for one request."""
        book = self._book(caller, named)
        heads = self._store.heads(book)
        if sum(head.length for head in heads.values()) > MOST_ENTRIES:
            raise Conflict("Too many entries to verify in one request.", reason="audit_too_long")
        entries = list(self._store.walk(book, 2 * MOST_ENTRIES))
        return verified(entries, heads, self._store.heads(book))

    def _book(self, caller: Caller, named: str | None) -> str:
        tenant_id = self._auth.scope_of(caller, named, READ)
        return book_of(tenant_id)


def _position(parts: Sequence[str]) -> Position:
    with suppress(ValueError):
        text, name = parts
        moment = datetime.fromisoformat(text)
        if rfc3339(moment) == text and re.fullmatch(NAME, name):
            return moment, name
    raise InvalidRequest("The cursor is not valid.", reason="broken_cursor")
