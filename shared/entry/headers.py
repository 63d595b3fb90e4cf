"""What every answer says to browsers and caches, and whose pages may read it (CORS)."""

from collections.abc import Collection, Mapping

from flask import Request
from werkzeug.datastructures import Headers

ALWAYS: Mapping[str, str] = {
    "Strict-Transport-Security": "max-age=31536000; includeSubDomains",
    "X-Content-Type-Options": "nosniff",
}
UNLESS_SET: Mapping[str, str] = {
    "Cache-Control": "no-store",
    "Content-Security-Policy": "default-src 'none'; frame-ancestors 'none'",
}
READABLE = "ETag, Idempotent-Replayed, RateLimit, RateLimit-Policy, Retry-After, X-Request-Id"
SENDABLE = (
    "Authorization, Content-Type, Idempotency-Key, If-Match, X-API-Key, X-Request-Id, X-Tenant-Id, "
    "traceparent"
)
PREFLIGHT_SECONDS = 600


def share(request: Request, origins: Collection[str]) -> None:
    """Note whether the page that asks may read the answer, whatever that will be."""
    if request.headers.get("Origin") in origins:
        request.environ["hyphae.origin"] = request.headers["Origin"]


def is_preflight(request: Request) -> bool:
    """A browser asks, without credentials, what a page may send (Fetch standard, CORS)."""
    asked = "Origin" in request.headers and "Access-Control-Request-Method" in request.headers
    return request.method == "OPTIONS" and asked


def permission(request: Request, methods: Collection[str]) -> Mapping[str, str]:
    """What a page may send here; nothing to a page of elsewhere."""
    if "hyphae.origin" not in request.environ:
        return {}
    return {
        "Access-Control-Allow-Methods": ", ".join(sorted(methods)),
        "Access-Control-Allow-Headers": SENDABLE,
        "Access-Control-Max-Age": str(PREFLIGHT_SECONDS),
    }


def finish(headers: Headers, request: Request) -> None:
    """Complete the headers of an answer; caches must tell the answers to two origins apart."""
    headers.update(ALWAYS)
    for name, value in UNLESS_SET.items():
        headers.setdefault(name, value)
    headers.add("Vary", "Origin")
    if origin := request.environ.get("hyphae.origin"):
        headers["Access-Control-Allow-Origin"] = origin
        headers["Access-Control-Expose-Headers"] = READABLE
