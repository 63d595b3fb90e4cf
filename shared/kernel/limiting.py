"""Rate limits: how many requests of whom in a minute, and what is left of that."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from math import ceil
from typing import NamedTuple, Protocol
from urllib.parse import quote, urlsplit

from shared.kernel.json_settings import json_object
from shared.kernel.unsafe import LOOPBACK, UnsafeSettings

WINDOW_SECONDS = 60
DEFAULT_LIMITS: Mapping[str, int] = {
    "address": 60_000,
    "failures": 12_000,
    "issue": 30_000,
    "key": 60_000,
    "read": 60_000,
    "tenant": 300_000,
    "user": 30_000,
    "write": 60_000,
}


class Window(NamedTuple):
    """At most `limit` requests in any minute, of whom `parts` name."""

    name: str
    limit: int
    parts: tuple[str, ...]

    @property
    def partition(self) -> str:
        """The parts in one text that no other parts make: `a/b`, `c` is not `a`, `b/c`."""
        return "/".join(quote(part, safe="") for part in self.parts)


class Standing(NamedTuple):
    """What is left of a window, and in how many seconds there is more."""

    window: Window
    remaining: int
    reset: float

    @property
    def seconds(self) -> int:
        return max(ceil(self.reset), 1)


class Taken(NamedTuple):
    """Whether a request was counted in all of its windows, or else in none of them."""

    allowed: bool
    standings: Sequence[Standing]

    @property
    def exhausted(self) -> Sequence[Standing]:
        return [] if self.allowed else [left for left in self.standings if left.remaining <= 0]

    @property
    def retry_after(self) -> int:
        """Whole seconds until every exhausted window has room again."""
        return max((left.seconds for left in self.exhausted), default=1)


class Limiter(Protocol):
    """Counts requests; `strict` ones are refused where it cannot: DependencyUnavailable."""

    def take(self, windows: Sequence[Window], strict: bool = False) -> Taken: ...


@dataclass(frozen=True, slots=True)
class LimitSettings:
    """`a_minute` has the limits by name; `hops` is how many the platform appends to
    X-Forwarded-For, and `redis_url` where instances count together, if they do.
    """

    a_minute: Mapping[str, int] = field(default_factory=lambda: DEFAULT_LIMITS)
    hops: int = 1
    redis_url: str = field(default="", repr=False)


def read_limits(environ: Mapping[str, str], local: bool) -> LimitSettings:
    url = environ.get("REDIS_URL", "")
    _refuse_other_stores(url, local)
    return LimitSettings(
        a_minute=_a_minute(environ.get("HYPHAE_RATE_LIMITS", "")),
        hops=_hops(environ.get("HYPHAE_FORWARDED_HOPS") or "1"),
        redis_url=url,
    )


def _a_minute(text: str) -> Mapping[str, int]:
    found = json_object(text or "{}", "HYPHAE_RATE_LIMITS")
    whole = all(type(value) is int and value > 0 for value in found.values())
    if not (whole and found.keys() <= DEFAULT_LIMITS.keys()):
        names = ", ".join(DEFAULT_LIMITS)
        raise UnsafeSettings(f"HYPHAE_RATE_LIMITS: whole numbers a minute, of {names}.")
    return {**DEFAULT_LIMITS, **found}


def _hops(text: str) -> int:
    if text not in ("0", "1", "2", "3"):
        raise UnsafeSettings("HYPHAE_FORWARDED_HOPS is a number from 0 to 3.")
    return int(text)


def _refuse_other_stores(url: str, local: bool) -> None:
    parts = urlsplit(url)
    if url and (parts.scheme not in ("redis", "rediss") or not parts.hostname):
        raise UnsafeSettings("REDIS_URL is redis://host:port or rediss://host:port.")
    if url and local and parts.hostname not in LOOPBACK:
        raise UnsafeSettings("REDIS_URL must lead to loopback where HYPHAE_ENV=local.")
