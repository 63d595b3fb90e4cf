"""When a key was used last: noted once a minute at most, beside the request, never in its way."""

import threading
from collections.abc import Callable
from datetime import datetime, timedelta

from shared.auth.key_store import ApiKeys
from shared.auth.models import ApiKey
from shared.kernel.errors import Problem
from shared.platform.cache import Remembered
from shared.platform.firestore import AlreadyThere, ChangedMeanwhile
from shared.platform.logs import log

EVERY = timedelta(minutes=1)


def in_background(work: Callable[[], None]) -> None:
    threading.Thread(target=work, daemon=True).start()


class KeyUses:
    """`beside` runs what a request does not wait for."""

    def __init__(
        self, store: ApiKeys, beside: Callable[[Callable[[], None]], None] = in_background
    ) -> None:
        self._store = store
        self._beside = beside
        self._noted: Remembered[str, datetime] = Remembered(EVERY.total_seconds())

    def note(self, key: ApiKey, now: datetime) -> None:
        if key.last_used_at and now - key.last_used_at < EVERY:
            return
        if self._noted.get(key.key_id, lambda: now) is now:
            self._beside(lambda: self._write(key, now))

    def _write(self, key: ApiKey, now: datetime) -> None:
        try:
            self._store.note_use(key, now)
        except (AlreadyThere, ChangedMeanwhile):
            return
        except Problem as away:
            log("WARNING", "last use not noted", keyId=key.key_id, reason=away.reason)
