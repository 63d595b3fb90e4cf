"""What requests are counted with."""

import functools
from typing import TYPE_CHECKING

from shared.wiring.base import Base

if TYPE_CHECKING:
    from shared.kernel.limiting import Limiter
    from shared.platform.limits import MemoryLimiter


class LimitsWiring(Base):
    @functools.cached_property
    def limiter(self) -> "Limiter":
        from shared.platform.limits import MemoryLimiter

        url = self.settings.limits.redis_url
        if not url:
            return MemoryLimiter()
        from shared.platform.shared_limits import RedisLimiter, SharedLimiter

        return SharedLimiter(RedisLimiter(url), MemoryLimiter())

    @functools.cached_property
    def failures(self) -> "MemoryLimiter":
        """What this instance has refused, by address."""
        from shared.platform.limits import MemoryLimiter

        return MemoryLimiter()
