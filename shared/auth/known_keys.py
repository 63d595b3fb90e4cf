"""API keys as callers present them: remembered for a while, and issued with every scope."""

from datetime import datetime
from functools import partial
from typing import NamedTuple

from shared.auth import api_keys
from shared.auth.key_store import ApiKeys
from shared.auth.key_uses import KeyUses
from shared.auth.models import ApiKey
from shared.auth.permissions import OWNER, PLATFORM
from shared.auth.standing import REMEMBERED_SECONDS, Standing
from shared.kernel.clock import Clock
from shared.kernel.settings import Settings
from shared.kernel.unsafe import UnsafeSettings
from shared.platform.cache import Remembered

ROTATED_SECONDS = 1


class IssuedKey(NamedTuple):
    """The text of a key, shown this once, and what it may do."""

    text: str
    scopes: frozenset[str]


class KnownKeys:
    """The keys that this instance has met; what it knows of one is ten seconds old at most."""

    def __init__(self, keys: ApiKeys, standing: Standing, settings: Settings, clock: Clock) -> None:
        if not settings.key_pepper:
            raise UnsafeSettings("HYPHAE_KEY_PEPPER is empty: anybody could make a digest.")
        self._keys = keys
        self._uses = KeyUses(keys)
        self._standing = standing
        self._settings = settings
        self._clock = clock
        self._known: Remembered[str, ApiKey | None] = Remembered(REMEMBERED_SECONDS)
        self._rotated: Remembered[str, ApiKey | None] = Remembered(ROTATED_SECONDS)

    def opened_by(self, text: str) -> ApiKey:
        """The key; raises InvalidCredentials, and SessionRevoked where its tenant has ended."""
        key_id = api_keys.key_id(text, self._settings.environment)
        found, now = self._found(key_id, text), self._clock()
        key = api_keys.checked(found, text, self._settings.key_pepper, now)
        if key.tenant_id:
            self._standing.require_tenant(key.tenant_id)
        self._uses.note(key, now)
        return key

    def forget(self, key_id: str) -> None:
        self._known.forget(key_id)
        self._rotated.forget(key_id)

    def _found(self, key_id: str, text: str) -> ApiKey | None:
        """As it is remembered; if that has another secret, as it is, for it may have been rotated.

        Guesses cost a read a second and no more.
        """
        read = partial(self._keys.get, key_id)
        known = self._known.get(key_id, read)
        if known is None or self._opens(known, text):
            return known
        found = self._rotated.get(key_id, read)
        if found and self._opens(found, text):
            self.forget(key_id)  # or it would be in the way of the next rotation
        return found

    def _opens(self, key: ApiKey, text: str) -> bool:
        return api_keys.opens(key, text, self._settings.key_pepper, self._clock())


def issue_key(
    keys: ApiKeys,
    settings: Settings,
    name: str,
    product: str,
    tenant_id: str | None,
    expires: datetime,
) -> IssuedKey:
    """A new key with every scope that its tenant (or the platform) can have."""
    made = api_keys.make_key(settings.environment)
    scopes = OWNER if tenant_id else PLATFORM
    digest = api_keys.digest(made.text, settings.key_pepper)
    keys.put(ApiKey(made.key_id, digest, name, product, tenant_id, scopes, expires))
    return IssuedKey(made.text, scopes)
