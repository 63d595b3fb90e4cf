"""Use cases of API keys: issue, list, rotate and revoke them. No key can do more than its maker."""

from collections.abc import Callable, Collection, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from functools import partial
from typing import NamedTuple, TypeVar

from shared.auth import api_keys
from shared.auth.chain import Act
from shared.auth.key_store import ApiKeys, Loaded
from shared.auth.models import ApiKey, Caller
from shared.auth.permissions import CATALOGUE, OWNER
from shared.auth.service import Auth
from shared.kernel.clock import Clock, rfc3339
from shared.kernel.errors import (
    Conflict,
    FieldError,
    Forbidden,
    NotFound,
    SessionRevoked,
    ValidationFailed,
)
from shared.kernel.pages import Page, decode_id, page_behind
from shared.kernel.settings import Settings
from shared.platform.persistence import persistently

T = TypeVar("T")
WRITE = "auth:api-key:write"
LONGEST = timedelta(days=366)
USUAL = timedelta(days=365)


class Wanted(NamedTuple):
    """Without `expires_at`, a key is good for a year, and no key for longer."""

    name: str
    product: str
    scopes: Sequence[str]
    expires_at: datetime | None


class Issued(NamedTuple):
    """A key, and its text, which is shown this once."""

    key: ApiKey
    text: str


class KeyDesk:
    def __init__(self, auth: Auth, store: ApiKeys, settings: Settings, clock: Clock) -> None:
        self._auth = auth
        self._store = store
        self._settings = settings
        self._clock = clock

    def issue(self, caller: Caller, named: str | None, wanted: Wanted) -> Issued:
        """Of a tenant; of the platform, where a key of it names none."""
        tenant_id, now = self._auth.scope_of(caller, named, WRITE), self._clock()
        self._require_reach(caller, tenant_id, _known(wanted.scopes))
        made = api_keys.make_key(self._settings.environment)
        key = ApiKey(
            key_id=made.key_id,
            digest=self._digest(made.text),
            name=wanted.name,
            product=wanted.product,
            tenant_id=tenant_id,
            scopes=frozenset(wanted.scopes),
            expires_at=_expiry(wanted.expires_at, now),
            created_at=now,
            created_by=caller.name,
        )
        persistently(partial(self._create, key, _act(caller, "create", key), now))
        return Issued(key, made.text)

    def page(
        self, caller: Caller, named: str | None, limit: int, cursor: str | None
    ) -> Page[ApiKey]:
        tenant_id = self._auth.scope_of(caller, named, WRITE)
        scope = f"api-keys:{tenant_id or ''}"
        after = decode_id(cursor, scope) if cursor else ""
        found = self._store.page(tenant_id, limit + 1, after)
        return page_behind(found, limit, scope, lambda last: (last.key_id,))

    def rotate(self, caller: Caller, key_id: str, overlap: timedelta) -> Issued:
        """A new secret; the one before is good for the overlap, and any older one no more."""
        made = api_keys.make_key(self._settings.environment, key_id)

        def attempt() -> Issued:
            loaded, key = self._mine(caller, key_id)
            if key.digest == self._digest(made.text):  # done before, and only the answer was lost
                return Issued(key, made.text)
            self._require_reach(caller, key.tenant_id, key.scopes)
            now = self._clock()
            if key.revoked or key.expires_at <= now:
                raise Conflict("The key has ended.", reason="key_ended")
            turned = replace(
                key,
                digest=self._digest(made.text),
                previous=key.digest,
                previous_until=now + overlap,
            )
            self._store.save(loaded, turned, _act(caller, "rotate", turned), now)
            return Issued(turned, made.text)

        return self._changed(attempt, key_id)

    def revoke(self, caller: Caller, key_id: str) -> None:
        """The same again changes nothing; nobody takes what they have not, nor made."""

        def attempt() -> None:
            loaded, key = self._mine(caller, key_id)
            if not key.revoked:
                self._require_say(caller, key)
                ended = replace(key, revoked=True)
                self._store.save(loaded, ended, _act(caller, "revoke", ended), self._clock())

        self._changed(attempt, key_id)

    def _create(self, key: ApiKey, act: Act, now: datetime) -> None:
        loaded = self._store.load(key.key_id, key.tenant_id)
        if loaded.tenant.ended:
            raise SessionRevoked(reason="epoch:tenants")
        if loaded.key is None:  # else it was made before, and only the answer was lost
            self._store.create(loaded, key, act, now)

    def _digest(self, text: str) -> bytes:
        return api_keys.digest(text, self._settings.key_pepper)

    def _mine(self, caller: Caller, key_id: str) -> tuple[Loaded, ApiKey]:
        """Somebody else's key is not there."""
        seen = self._store.get(key_id) if api_keys.is_key_id(key_id) else None
        if seen is None:
            raise NotFound(reason="key")
        if seen.tenant_id is None and not caller.platform:
            raise NotFound(reason="platform_key")
        self._auth.scope_of(caller, seen.tenant_id, WRITE)
        loaded = self._store.load(key_id, seen.tenant_id)
        if loaded.key is None:
            raise NotFound(reason="key")
        return loaded, loaded.key

    def _require_reach(
        self, caller: Caller, tenant_id: str | None, scopes: Collection[str]
    ) -> None:
        own = self._auth.permissions_in(caller, tenant_id)
        most = own & OWNER if tenant_id else own
        if not set(scopes) <= most:
            raise Forbidden("Nobody grants more than they have.", reason="beyond_own")

    def _require_say(self, caller: Caller, key: ApiKey) -> None:
        """A permission that there is no more takes nobody to have it."""
        if caller.name not in (f"key:{key.key_id}", key.created_by):
            self._require_reach(caller, key.tenant_id, key.scopes & CATALOGUE)

    def _changed(self, attempt: Callable[[], T], key_id: str) -> T:
        try:
            return persistently(attempt)
        finally:
            self._auth.forget_key(key_id)


def _known(scopes: Sequence[str]) -> Sequence[str]:
    wrong = [
        FieldError(f"/scopes/{place}", "unknown_value")
        for place, scope in enumerate(scopes)
        if scope not in CATALOGUE
    ]
    if wrong:
        raise ValidationFailed(wrong)
    return scopes


def _expiry(wanted: datetime | None, now: datetime) -> datetime:
    expires = wanted or now + USUAL
    if not now < expires <= now + LONGEST:
        raise ValidationFailed([FieldError("/expiresAt", "within_a_year")])
    return expires


def _act(caller: Caller, action: str, key: ApiKey) -> Act:
    details = {
        "name": key.name,
        "product": key.product,
        "scopes": sorted(key.scopes),
        "expiresAt": rfc3339(key.expires_at),
    }
    return Act(caller.name, f"api-key.{action}", key.key_id, details)
