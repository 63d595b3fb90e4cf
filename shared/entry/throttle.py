"""Who may still ask: a request counts against its caller once it is known who that is.

Until then it counts, when its credentials are refused, against the address it came from.
"""

import ipaddress
from collections.abc import Iterator, Mapping
from contextlib import contextmanager

from flask import Request

from shared.auth.models import Caller
from shared.entry.credentials import EXPOSED
from shared.entry.routing import Route
from shared.kernel.errors import MissingCredentials, Problem, QuotaExceeded
from shared.kernel.limiting import LimitSettings, Taken, Window
from shared.wiring import Wiring

IPV6_SITE = 64
UNKNOWN = "unknown"


@contextmanager
def watched(request: Request, parts: Wiring) -> Iterator[None]:
    """Count refused credentials; QuotaExceeded, before anything is verified, after too many."""
    settings = parts.settings.limits
    windows = [_window("failures", settings, address(request, settings.hops))]
    _require(parts.failures.look(windows))
    try:
        yield
    except Problem as problem:
        if _is_guess(problem):
            parts.failures.take(windows)
        raise


def _is_guess(problem: Problem) -> bool:
    """Whether a credential was looked up, or might have been, and was not good."""
    unknown = problem.status == 401 and not isinstance(problem, MissingCredentials)
    return unknown or problem.reason == EXPOSED


def admit(request: Request, route: Route, caller: Caller, parts: Wiring) -> None:
    """Count a request whose caller is proven, or nobody's by its address; or QuotaExceeded.

    What issues credentials is DependencyUnavailable where it cannot be counted.
    """
    windows = _windows(request, route, caller, parts.settings.limits)
    taken = parts.limiter.take(windows, strict=route.issues)
    request.environ["hyphae.taken"] = taken
    _require(taken)


def fields(request: Request) -> Mapping[str, str]:
    """What is left to the caller, as the IETF's RateLimit fields (RFC 9651 lists) say it."""
    taken: Taken | None = request.environ.get("hyphae.taken")
    if taken is None:
        return {}
    return {
        "RateLimit-Policy": ", ".join(
            f'"{left.window.name}";q={left.window.limit};w=60' for left in taken.standings
        ),
        "RateLimit": ", ".join(
            f'"{left.window.name}";r={left.remaining};t={left.seconds}' for left in taken.standings
        ),
    }


def address(request: Request, hops: int) -> str:
    """Where a request came from: the hop that the platform appended, whatever stands before it.

    An IPv6 site is one, since whoever has an address there has all of them.
    """
    named = request.headers.get("X-Forwarded-For", "").split(",")
    last = named[-hops] if 0 < hops <= len(named) else ""
    return _site(last.strip()) or _site(request.remote_addr or "") or UNKNOWN


def _site(text: str) -> str:
    try:
        found = ipaddress.ip_address(text)
    except ValueError:
        return ""
    if isinstance(found, ipaddress.IPv4Address):
        return str(found)
    # As IPv6 writes it, all of IPv4 would be one site.
    mapped = found.ipv4_mapped
    return str(mapped or ipaddress.ip_network((found, IPV6_SITE), strict=False))


def _windows(
    request: Request, route: Route, caller: Caller, settings: LimitSettings
) -> list[Window]:
    who = _principal(caller) or ("address", address(request, settings.hops))
    tenant = _proven_tenant(caller)
    found = [_window(who[0], settings, who[1]), _window(route.kind, settings, *who)]
    return [*found, _window("tenant", settings, tenant)] if tenant else found


def _principal(caller: Caller) -> tuple[str, str] | None:
    if caller.key:
        return "key", caller.key.key_id
    return ("user", caller.user_id) if caller.user_id else None


def _proven_tenant(caller: Caller) -> str | None:
    """The tenant that the credential itself is of; one that a request names is only claimed."""
    if caller.key:
        return caller.key.tenant_id
    return caller.access.tenant_id if caller.access else None


def _window(name: str, settings: LimitSettings, *parts: str) -> Window:
    return Window(name, settings.a_minute[name], parts)


def _require(taken: Taken) -> None:
    if not taken.allowed:
        names = [left.window.name for left in taken.exhausted]
        raise QuotaExceeded(names, taken.retry_after)
