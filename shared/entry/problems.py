"""Problems, parameters and headers that calls have in common, as OpenAPI components."""

from collections.abc import Mapping
from typing import Any

from shared.entry.wire import ID
from shared.kernel import errors
from shared.kernel.errors import Problem

Json = dict[str, Any]
TEXT: Json = {"type": "string"}
KEY: Json = {**TEXT, "pattern": "^[!-~]([ -~]*[!-~])?$", "maxLength": 128}
REQUEST: Mapping[str, tuple[Json, str]] = {
    "Idempotency-Key": (KEY, "The same key and body get the same answer, and one effect."),
    "If-Match": (
        {**TEXT, "pattern": '^"[1-9][0-9]*"$', "maxLength": 17},
        "The entity tag of what is to be changed.",
    ),
    "X-Request-Id": (TEXT, "Names the request in answers and logs; made where it is missing."),
    "X-Tenant-Id": (ID, "The tenant to act in, where neither path nor body names it."),
}
ANSWER: Mapping[str, str] = {
    "Idempotent-Replayed": "`true`: the key was used before, and this is its first answer again.",
    "RateLimit": "What is left of each limit, and in how many seconds there is more (RFC 9651).",
    "RateLimit-Policy": "The limits that apply, by name: requests (q) in seconds (w).",
    "Retry-After": "Whole seconds to wait.",
    "WWW-Authenticate": "Which credentials are asked for, or what is wrong with them.",
    "X-Request-Id": "The request's id, as given or made.",
}
MORE_HEADERS: Mapping[int, tuple[str, ...]] = {
    401: ("WWW-Authenticate",),
    429: ("RateLimit", "RateLimit-Policy", "Retry-After"),
    503: ("Retry-After",),
}


def problem_name(status: int) -> str:
    return f"problem-{status}"


def components() -> Json:
    """What operations refer to, beside the schemas of their models."""
    return {
        "securitySchemes": _security(),
        "parameters": _parameters(),
        "headers": {name: {"description": ANSWER[name], "schema": TEXT} for name in ANSWER},
        "responses": {problem_name(status): _response(status) for status in sorted(_codes())},
    }


def problem_schema() -> Json:
    """RFC 9457; some problems say more, like what is missing of the tokens."""
    told = {"type": "string", "examples": ["/problems/not-found"]}
    listed = {"type": "object", "properties": {"pointer": TEXT, "code": TEXT}}
    named = ("title", "detail", "instance")
    return {
        "type": "object",
        "required": ["type", "title", "status", "detail", "code", "instance"],
        "properties": {
            "type": told,
            **dict.fromkeys(named, TEXT),
            "status": {"type": "integer"},
            "code": {"enum": sorted(code for codes in _codes().values() for code in codes)},
            "errors": {"type": "array", "items": listed},
        },
    }


def _security() -> Json:
    bearer = "An ID token of a registered project, an access token, or a Google service token."
    return {
        "bearer": {"type": "http", "scheme": "bearer", "description": bearer},
        "apiKey": {"type": "apiKey", "in": "header", "name": "X-API-Key"},
    }


def _parameters() -> Json:
    key = "Idempotency-Key"
    told = {name: _parameter(name, required=False) for name in REQUEST}
    return told | {f"{key}-required": _parameter(key, required=True)}


def _parameter(name: str, required: bool) -> Json:
    schema, description = REQUEST[name]
    told = {"name": name, "in": "header", "required": required}
    return {**told, "description": description, "schema": schema}


def _response(status: int) -> Json:
    headers = ("X-Request-Id", *MORE_HEADERS.get(status, ()))
    schema = {"$ref": "#/components/schemas/Problem"}
    return {
        "description": "One of: " + ", ".join(sorted(_codes()[status])),
        "headers": {name: {"$ref": f"#/components/headers/{name}"} for name in headers},
        "content": {"application/problem+json": {"schema": schema}},
    }


def _codes() -> Mapping[int, set[str]]:
    """The codes of each status, as the classes of problems say."""
    found: dict[int, set[str]] = {}
    for kind in vars(errors).values():
        if isinstance(kind, type) and issubclass(kind, Problem) and hasattr(kind, "code"):
            found.setdefault(kind.status, set()).add(kind.code)
    return found
