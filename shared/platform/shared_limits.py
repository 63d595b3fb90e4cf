"""Rate limits that all instances count together, in Redis, in one call for all windows."""

import time
from collections.abc import Callable, Sequence

from limits.storage import RedisStorage
from redis import ConnectionPool
from redis.backoff import NoBackoff
from redis.retry import Retry

from shared.kernel.errors import DependencyUnavailable
from shared.kernel.limiting import WINDOW_SECONDS, Limiter, Standing, Taken, Window
from shared.platform.limits import item_of
from shared.platform.logs import log

PREFIX = "hyphae:limits"
TIMEOUT_SECONDS = 0.25
AWAY_SECONDS = 1.0
# The library asks once for each window. Its lists, newest first, counted in all of them or in none.
TAKE = """
local time = redis.call('TIME')
local now = time[1] + time[2] / 1000000
local allowed, left = 1, {}
for i, key in ipairs(KEYS) do
  local limit, seconds = tonumber(ARGV[2 * i - 1]), tonumber(ARGV[2 * i])
  local oldest = tonumber(redis.call('LINDEX', key, -1))
  while oldest and oldest <= now - seconds do
    redis.call('RPOP', key)
    oldest = tonumber(redis.call('LINDEX', key, -1))
  end
  local remaining = limit - redis.call('LLEN', key)
  if remaining < 1 then allowed = 0 end
  left[i] = {remaining, math.ceil(((oldest or now) + seconds - now) * 1000)}
end
if allowed == 1 then
  for i, key in ipairs(KEYS) do
    redis.call('LPUSH', key, now)
    redis.call('EXPIRE', key, ARGV[2 * i])
    left[i][1] = left[i][1] - 1
  end
end
return {allowed, left}
"""


class Away(Exception):
    """Redis did not answer, or not as it should."""


class RedisLimiter:
    """Counts in Redis. Raises Away, and that at once in the second after it was away."""

    def __init__(self, url: str, monotonic: Callable[[], float] = time.monotonic) -> None:
        waits = {"socket_timeout": TIMEOUT_SECONDS, "socket_connect_timeout": TIMEOUT_SECONDS}
        pool = ConnectionPool.from_url(url, **waits, retry=Retry(NoBackoff(), 0))
        self._storage = RedisStorage(url, connection_pool=pool, key_prefix=PREFIX)
        self._take = self._storage.get_connection().register_script(TAKE.encode())
        self._monotonic = monotonic
        self._away_until = float("-inf")

    def take(self, windows: Sequence[Window]) -> Taken:
        """One call for all windows; raises Away."""
        if self._monotonic() < self._away_until:
            raise Away
        keys = [item_of(window).key_for(window.partition) for window in windows]
        numbers = [number for window in windows for number in (window.limit, WINDOW_SECONDS)]
        try:
            found = self._take([self._storage.prefixed_key(key) for key in keys], numbers)
        except self._storage.base_exceptions as failure:
            self._away_until = self._monotonic() + AWAY_SECONDS
            log("ERROR", "rate limits are not shared", exc=type(failure).__name__)
            raise Away from failure
        return _taken(windows, *found)


class SharedLimiter:
    """Redis; as long as it is away, each instance counts for itself, but for strict requests."""

    def __init__(self, shared: RedisLimiter, alone: Limiter) -> None:
        self._shared = shared
        self._alone = alone

    def take(self, windows: Sequence[Window], strict: bool = False) -> Taken:
        try:
            return self._shared.take(windows)
        except Away:
            if strict:
                raise DependencyUnavailable(reason="limits_away") from None
            return self._alone.take(windows)


def _taken(windows: Sequence[Window], allowed: int, left: Sequence[tuple[int, int]]) -> Taken:
    standings = [
        Standing(window, max(remaining, 0), milliseconds / 1000)
        for window, (remaining, milliseconds) in zip(windows, left, strict=True)
    ]
    return Taken(bool(allowed), standings)
