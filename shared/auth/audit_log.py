"""Use cases of the audit: read a tenant's entries, and hold them to their chains."""

from functools import partial
from typing import NamedTuple

from shared.auth.audit import AuditStore, book_of, book_of_user
from shared.auth.chain import Ends, Entry, Verdict, verified
from shared.auth.models import Caller
from shared.auth.narrowing import whole_user
from shared.auth.service import Auth
from shared.kernel.clock import rfc3339
from shared.kernel.errors import Conflict, NotFound
from shared.kernel.pages import Page, decode_moment, page_behind
from shared.platform.logs import log

READ = "auth:audit:read"
MOST_ENTRIES = 100_000


class About(NamedTuple):
    """Whose entries: a tenant's, or a user's where one is named."""

    tenant_id: str | None
    user_id: str | None


class AuditLog:
    """Of the tenant that is named; the platform's own, where a key of it names none.

    What happened to a user's identities and sessions is for that user, and for the platform.
    """

    def __init__(self, auth: Auth, store: AuditStore) -> None:
        self._auth = auth
        self._store = store

    def page(self, caller: Caller, about: About, limit: int, cursor: str | None) -> Page[Entry]:
        """The newest first."""
        book = self._book(caller, about)
        after = decode_moment(cursor, book) if cursor else None
        found = self._store.page(book, limit + 1, after)
        return page_behind(found, limit, book, lambda last: (rfc3339(last.at), last.entry_id))

    def verify(self, caller: Caller, about: About) -> Verdict:
        """Walks along all entries; raises Conflict where they are too many for one request."""
        book = self._book(caller, about)
        before = self._store.ends(book)
        if sum(head.length for head in before.heads.values()) > MOST_ENTRIES:
            raise Conflict("Too many entries to verify in one request.", reason="audit_too_long")
        entries = self._store.walk(book, 2 * MOST_ENTRIES)
        return _published(book, *verified(entries, before, partial(self._store.ends, book)))

    def _book(self, caller: Caller, about: About) -> str:
        if about.user_id is None:
            return book_of(self._auth.scope_of(caller, about.tenant_id, READ))
        if caller.platform:
            self._auth.require_platform(caller, READ)
        elif whole_user(caller) != about.user_id:
            raise NotFound(reason="foreign_user")
        return book_of_user(about.user_id)


def _published(book: str, verdict: Verdict, ends: Ends) -> Verdict:
    """Logs are kept elsewhere: what they said once, no one who rewrites the book can take back."""
    severity = "INFO" if verdict.valid else "ERROR"
    heads = {f"{shard:x}": f"{head.length}:{head.hash}" for shard, head in ends.heads.items()}
    log(severity, "audit verified", book=book, heads=heads, **verdict._asdict())
    return verdict
