"""What a request may weigh, judged before anything is read or looked up."""

from collections.abc import Collection

from flask import Request

from shared.kernel.errors import (
    HeadersTooLarge,
    InvalidRequest,
    PayloadTooLarge,
    UnsupportedMediaType,
    UriTooLong,
)

MAX_BODY_BYTES = 256 * 1024
MAX_URI_BYTES = 8 * 1024
MAX_HEADERS = 100
MAX_HEADER_BYTES = 32 * 1024
WITH_BODY = ("POST", "PUT", "PATCH")


def check(request: Request) -> None:
    """Raises for an address, headers or a declared body that are too large, and for two hosts."""
    if len(request.environ.get("RAW_URI", request.full_path)) > MAX_URI_BYTES:
        raise UriTooLong(reason="uri")
    if len(request.headers) > MAX_HEADERS or _header_bytes(request) > MAX_HEADER_BYTES:
        raise HeadersTooLarge(reason="headers")
    if (request.content_length or 0) > MAX_BODY_BYTES:
        raise PayloadTooLarge(f"At most {MAX_BODY_BYTES} bytes.", reason="declared_length")
    if "," in request.headers.get("Host", ""):
        raise InvalidRequest("A request is for one host.", reason="hosts")


def body(request: Request) -> bytes:
    """The body as it came; a chunked one is measured once it is here."""
    raw = request.get_data()
    if len(raw) > MAX_BODY_BYTES:
        raise PayloadTooLarge(f"At most {MAX_BODY_BYTES} bytes.", reason="length")
    return raw


def json_body(request: Request) -> bytes:
    """The body of a JSON request."""
    raw = body(request)
    if raw and not _is_json(request):
        raise UnsupportedMediaType(reason="content_type")
    return raw


def query(request: Request, lists: Collection[str]) -> dict[str, str]:
    """The query's members; one that stands twice is refused, unless it is a list.

    Of a list each may name one or several, with commas.
    """
    given = request.args.to_dict(flat=False)
    if any(len(values) > 1 for name, values in given.items() if name not in lists):
        raise InvalidRequest("A query member stands twice.", reason="repeated_query")
    return {name: ",".join(values) for name, values in given.items()}


def _header_bytes(request: Request) -> int:
    return sum(len(name) + len(value) for name, value in request.headers)


def _is_json(request: Request) -> bool:
    charset = request.mimetype_params.get("charset", "utf-8").lower()
    return request.mimetype == "application/json" and charset == "utf-8"
