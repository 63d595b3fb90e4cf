"""API keys that turn up where they do not belong: refused, and told to whose they are."""

from datetime import datetime, timedelta
from functools import partial

from shared.auth import api_keys
from shared.auth.chain import Act
from shared.auth.key_store import ApiKeys
from shared.kernel.clock import Clock
from shared.kernel.errors import InvalidCredentials
from shared.kernel.ids import derived_id
from shared.kernel.settings import Settings
from shared.platform.cache import Remembered
from shared.platform.persistence import persistently

QUIET = timedelta(minutes=10)


class Exposure:
    """Tells of each secret once in ten minutes; one that opens nothing is told of to nobody."""

    def __init__(self, keys: ApiKeys, settings: Settings, clock: Clock) -> None:
        self._keys = keys
        self._settings = settings
        self._clock = clock
        self._told: Remembered[str, datetime] = Remembered(QUIET.total_seconds())

    def tell(self, text: str, where: str) -> None:
        """`where` is in words: the address, or the body."""
        now = self._clock()
        try:
            key_id = api_keys.key_id(text, self._settings.environment)
            if self._told.get(derived_id(text), lambda: now) is now:
                persistently(partial(self._tell, key_id, text, where, now))
        except InvalidCredentials:
            return

    def _tell(self, key_id: str, text: str, where: str, now: datetime) -> None:
        seen = self._keys.get(key_id)
        key = api_keys.checked(seen, text, self._settings.key_pepper, now)
        loaded = self._keys.load(key_id, key.tenant_id)
        act = Act(f"key:{key_id}", "api-key.exposed", key_id, {"where": where})
        self._keys.tell(loaded, act, now)
