"""Use cases of sessions: begin one, and refresh it."""

import time
from collections.abc import Callable, Collection, Mapping, Sequence
from datetime import datetime, timedelta
from functools import partial
from typing import Any, NamedTuple

from shared.auth.access_tokens import LIFETIME_SECONDS, AccessTokens
from shared.auth.bursts import Bursts
from shared.auth.models import ANONYMOUS, Access, Caller, Identity
from shared.auth.only_tenant import OnlyTenant
from shared.auth.refresh_tokens import Refresh, RefreshTokens
from shared.auth.session_rules import Presented, Session, Verdict, judge, opened
from shared.auth.session_store import Around, Loaded, SessionStore
from shared.auth.standing import Standing, session_path
from shared.kernel.clock import Clock
from shared.kernel.errors import (
    FieldError,
    Forbidden,
    InvalidCredentials,
    NotFound,
    SessionRevoked,
    ValidationFailed,
)
from shared.kernel.ids import new_id
from shared.platform.persistence import persistently

BURST_SECONDS = 0.5


class Granted(NamedTuple):
    """What a client gets of its session; how long each token is good, in seconds."""

    access_token: str
    expires_in: int
    refresh_token: str
    refresh_expires_in: int
    session: Session
    profile: Mapping[str, Any]
    roles: Sequence[str]


class Sessions:
    """Of users, in the products that are these audiences; `wait` lets seconds pass."""

    def __init__(
        self,
        store: SessionStore,
        only_tenant: OnlyTenant,
        standing: Standing,
        access_tokens: AccessTokens,
        refresh_tokens: RefreshTokens,
        audiences: Collection[str],
        clock: Clock,
        wait: Callable[[float], None] = time.sleep,
    ) -> None:
        self._store = store
        self._only_tenant = only_tenant
        self._standing = standing
        self._access_tokens = access_tokens
        self._refresh_tokens = refresh_tokens
        self._audiences = audiences
        self._clock = clock
        self._wait = wait
        self._bursts = Bursts()

    def begin(self, caller: Caller, audience: str, named: str | None, client: str) -> Granted:
        """A session in the named tenant, else in the user's only one, if there is one.

        Raises NotFound for a tenant that the user names and is not in.
        """
        identity = _signed_in(caller)
        if audience not in self._audiences:
            raise ValidationFailed([FieldError("/audience", "unknown_value")])
        user_id = caller.user_id or ""

        def attempt() -> Granted:
            now, around = self._clock(), self._before(user_id, named)
            if named and around.foreign:
                raise NotFound(reason="foreign_tenant")
            _require_living(around)
            # Whoever is calling was recognised by what may have been remembered.
            if around.user.left_since(identity.auth_time):
                raise SessionRevoked(reason="signed_out")
            ids = new_id(), user_id, around.tenant_id
            epochs = around.user.epoch, around.tenant.epoch
            session = opened(ids, epochs, audience, identity.auth_time, client, now)
            self._store.create(session, around.beside)
            return self._granted(session, around, now)

        return persistently(attempt)

    def refresh(self, text: str, audience: str | None, client: str) -> Granted:
        """The successor of a refresh token; raises SessionRevoked and ends what was abused."""
        now, named = self._clock(), self._refresh_tokens.read(text)
        shown = Presented(named.counter, client, audience, now)
        return persistently(partial(self._refreshed, named, shown))

    def _before(self, user_id: str, named: str | None) -> Around:
        read = partial(self._store.before, user_id)
        return read(named) if named else self._only_tenant.around(user_id, read)

    def _refreshed(self, named: Refresh, shown: Presented) -> Granted:
        loaded = self._loaded(named)
        verdict = judge(loaded.session, shown, loaded.changed_at)
        if not verdict.again:
            return self._settled(loaded, verdict, shown)
        with self._bursts.leading(named.session_id) as leads:
            if not leads:
                return self._granted(loaded.session, loaded.around, shown.at)
            return self._repeated(named, shown)

    def _repeated(self, named: Refresh, shown: Presented) -> Granted:
        """A burst counts once: its leader waits for it, and whoever came meanwhile is free."""
        self._wait(BURST_SECONDS)
        loaded = self._loaded(named)
        return self._settled(loaded, judge(loaded.session, shown, loaded.changed_at), shown)

    def _loaded(self, named: Refresh) -> Loaded:
        loaded = self._store.load(named)
        if loaded is None:
            raise SessionRevoked(reason="no_session")
        _require_same(loaded)
        return loaded

    def _settled(self, loaded: Loaded, verdict: Verdict, shown: Presented) -> Granted:
        if verdict.changed and verdict.reason:
            ended = verdict.session, loaded.updated
            self._store.end(*ended, f"abuse.{verdict.reason}", shown.at)
        elif verdict.changed:
            self._store.save(verdict.session, loaded.updated)
        if verdict.reason:
            self._standing.forget([session_path(verdict.session.session_id)])
            raise SessionRevoked(reason=verdict.reason)
        return self._granted(verdict.session, loaded.around, shown.at)

    def _granted(self, session: Session, around: Around, now: datetime) -> Granted:
        access = _access(session, now)
        counted = session.user_id, session.session_id, session.counter, session.tenant_id
        return Granted(
            access_token=self._access_tokens.make(access),
            expires_in=access.expires - access.issued,
            refresh_token=self._refresh_tokens.write(Refresh(*counted)),
            refresh_expires_in=int((session.idle_expires_at - now).total_seconds()),
            session=session,
            profile=around.profile,
            roles=around.roles or (),
        )


def _access(session: Session, now: datetime) -> Access:
    """It ends with its session, if not before."""
    until = min(now + timedelta(seconds=LIFETIME_SECONDS), session.absolute_expires_at)
    return Access(
        token_id=new_id(),
        user_id=session.user_id,
        audience=session.audience,
        issued=int(now.timestamp()),
        expires=int(until.timestamp()),
        auth_time=int(session.auth_time.timestamp()),
        user_epoch=session.user_epoch,
        session_id=session.session_id,
        session_epoch=session.epoch,
        tenant_id=session.tenant_id,
        tenant_epoch=session.tenant_epoch,
    )


def _signed_in(caller: Caller) -> Identity:
    if caller.key:
        raise Forbidden("Only a user has sessions.", reason="key_without_sessions")
    if caller.identity is None:
        raise InvalidCredentials("A Firebase ID token is needed.", reason="typ")
    if caller.identity.provider == ANONYMOUS:
        raise Forbidden(reason="provider")
    return caller.identity


def _require_living(around: Around) -> None:
    if around.user.ended or around.tenant.ended:
        raise SessionRevoked(reason="epoch:users" if around.user.ended else "epoch:tenants")


def _require_same(loaded: Loaded) -> None:
    """As long as nobody has ended all sessions of the user, or of the tenant, nor their membership.

    Who is a member again may refresh again.
    """
    session, around = loaded.session, loaded.around
    _require_living(around)
    if session.tenant_id and around.roles is None:
        raise SessionRevoked(reason="not_a_member")
    epochs = around.user.epoch, around.tenant.epoch
    if epochs != (session.user_epoch, session.tenant_epoch):
        raise SessionRevoked(reason="epoch:sessions")
