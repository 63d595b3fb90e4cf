"""Public keys of a token issuer: fetched ahead, refreshed in time, kept through an outage."""

import threading
import time
from collections.abc import Callable, Mapping
from typing import Any

import jwt
import requests

from shared.kernel.errors import DependencyUnavailable

GOOGLE_KEYS_URL = (
    "https://www.googleapis.com/service_accounts/v1/jwk/securetoken@system.gserviceaccount.com"
)
GOOGLE_SERVICE_KEYS_URL = "https://www.googleapis.com/oauth2/v3/certs"
COOLDOWN_SECONDS = 30
RETRY_SECONDS = 1
STALE_SECONDS = 24 * 3600
TIMEOUT_SECONDS = 3
AHEAD = 0.8  # of their time, after which keys are fetched while they are still used


class PublicKeys:
    """Keys by their id. At most one fetch in `COOLDOWN_SECONDS`, whoever asks for what.

    As long as there are none to use, one in `RETRY_SECONDS`.
    """

    def __init__(self, url: str, monotonic: Callable[[], float] = time.monotonic) -> None:
        self._url = url
        self._monotonic = monotonic
        self._lock = threading.Lock()
        self._keys: Mapping[str, Any] = {}
        self._ahead_from = self._fresh_until = self._stale_until = float("-inf")
        self._next_fetch = float("-inf")

    def prefetch(self) -> None:
        """Have the keys on their way before the first token asks for one; nobody waits."""
        threading.Thread(target=self._refresh, args=(False,), daemon=True).start()

    def get(self, kid: str) -> Any | None:
        """The key, None for an unknown id; DependencyUnavailable when there are none to use."""
        if kid not in self._keys or self._monotonic() >= self._fresh_until:
            self._refresh(wait=self._too_old)
        elif self._monotonic() >= max(self._ahead_from, self._next_fetch):
            self.prefetch()
        if self._too_old:
            raise DependencyUnavailable(reason="no_public_keys")
        return self._keys.get(kid)

    @property
    def _too_old(self) -> bool:
        return self._monotonic() >= self._stale_until

    def _refresh(self, wait: bool) -> None:
        if not self._lock.acquire(blocking=wait):
            return
        try:
            if self._monotonic() >= self._next_fetch:
                self._fetch()
                pause = RETRY_SECONDS if self._too_old else COOLDOWN_SECONDS
                self._next_fetch = self._monotonic() + pause
        finally:
            self._lock.release()

    def _fetch(self) -> None:
        try:
            answer = requests.get(self._url, timeout=TIMEOUT_SECONDS, allow_redirects=False)
            answer.raise_for_status()
            keys = {entry["kid"]: jwt.PyJWK(entry, "RS256").key for entry in answer.json()["keys"]}
        except (requests.RequestException, ValueError, KeyError, TypeError, jwt.PyJWTError):
            return
        if keys:
            self._keep(keys, _max_age(answer.headers.get("Cache-Control", "")))

    def _keep(self, keys: Mapping[str, Any], max_age: float) -> None:
        """The times before the keys: a thread that sees the keys must not find them stale."""
        now = self._monotonic()
        self._stale_until = now + STALE_SECONDS
        fresh = min(max_age, STALE_SECONDS / 2)
        self._fresh_until = now + fresh
        self._ahead_from = now + AHEAD * fresh
        self._keys = keys


def _max_age(cache_control: str) -> float:
    for directive in cache_control.split(","):
        name, _, value = directive.strip().partition("=")
        if name == "max-age" and value.isdecimal():
            return float(value)
    return 300.0
