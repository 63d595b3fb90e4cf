"""Use cases of sessions that there are: list them, end one, end all of them."""

import time
from collections.abc import Callable
from functools import partial
from typing import Any

from shared.auth.models import Caller
from shared.auth.narrowing import whole_user
from shared.auth.session_rules import Session, alive, revoked
from shared.auth.session_store import SessionStore
from shared.auth.standing import Standing, session_path, user_path
from shared.kernel.clock import Clock, rfc3339
from shared.kernel.errors import NotFound
from shared.kernel.pages import Page, decode_moment, page_behind
from shared.platform.persistence import persistently

CURRENT = "current"


class SessionList:
    """The sessions of whoever asks; `wait` lets seconds pass."""

    def __init__(
        self,
        store: SessionStore,
        standing: Standing,
        clock: Clock,
        wait: Callable[[float], None] = time.sleep,
    ) -> None:
        self._store = store
        self._standing = standing
        self._clock = clock
        self._wait = wait

    def page(self, caller: Caller, limit: int, cursor: str | None) -> Page[Session]:
        user_id = whole_user(caller)
        scope, now = f"sessions:{user_id}", self._clock()
        after = decode_moment(cursor, scope) if cursor else None
        epoch = self._standing.user(user_id).epoch
        found = self._store.page(user_id, epoch, now, limit + 1, after)
        page = page_behind(found, limit, scope, _position)
        return Page([session for session in page.items if alive(session, now)], page.next_cursor)

    def end(self, caller: Caller, session_id: str) -> None:
        """Raises NotFound for a session of somebody else's; the same again changes nothing."""
        user_id = whole_user(caller)
        if session_id == CURRENT:
            session_id = (caller.access and caller.access.session_id) or ""

        def attempt() -> None:
            found = self._store.find(session_id) if session_id else None
            if found is None or found[0].user_id != user_id:
                raise NotFound(reason="session")
            self._end(*found)

        persistently(attempt)

    def end_all(self, caller: Caller) -> None:
        """Signed out everywhere: sessions, and sign-ins at Firebase up to now.

        ID tokens tell the second of their sign-in, so this one must be over before anybody can
        sign in anew and be told apart.
        """
        user_id, now = whole_user(caller), self._clock()
        persistently(partial(self._store.sign_out_everywhere, user_id, now))
        self._standing.forget([user_path(user_id)])
        self._wait(1 - now.microsecond / 1e6)

    def _end(self, session: Session, updated: Any) -> None:
        if session.active:
            self._store.end(revoked(session), updated, "end", self._clock())
        self._standing.forget([session_path(session.session_id)])


def _position(session: Session) -> tuple[str, str]:
    return rfc3339(session.idle_expires_at), session.session_id
