"""Forms, as OAuth's calls take them (RFC 6749): unknown parameters are ignored, empty ones too."""

from collections.abc import Iterator
from contextlib import contextmanager
from urllib.parse import parse_qsl

from flask import Request
from pydantic import ValidationError

from shared.entry import limits
from shared.entry.wire import M
from shared.kernel.errors import InvalidRequest, Problem, UnsupportedMediaType

FORM = "application/x-www-form-urlencoded"
MOST_PARAMETERS = 32
ERRORS = {
    401: "invalid_client",
    403: "unauthorized_client",
    429: "temporarily_unavailable",
    503: "temporarily_unavailable",
}


def parsed_form(model: type[M], request: Request) -> M:
    """The body's parameters as a model; raises InvalidRequest that names those in question."""
    members = _members(request)
    try:
        return model.model_validate(members, strict=False)
    except ValidationError as refused:
        names = sorted({str(error["loc"][0]) for error in refused.errors() if error["loc"]})
        detail = f"Missing or not valid: {', '.join(names)}."
        raise InvalidRequest(detail, reason="form", error_description=detail) from None


@contextmanager
def in_oauth_words() -> Iterator[None]:
    """Beside our code stands OAuth's word for what went wrong."""
    try:
        yield
    except Problem as problem:
        problem.members = {"error": ERRORS.get(problem.status, "invalid_request")} | dict(
            problem.members
        )
        raise


def _members(request: Request) -> dict[str, str]:
    raw = limits.body(request)
    if request.mimetype != FORM:
        raise UnsupportedMediaType(f"The body must be {FORM}.", reason="content_type")
    try:
        pairs = parse_qsl(raw.decode(), errors="strict", max_num_fields=MOST_PARAMETERS)
    except ValueError:
        raise InvalidRequest("The form cannot be read.", reason="form") from None
    if len(dict(pairs)) != len(pairs):
        raise InvalidRequest("A parameter stands twice.", reason="repeated_parameter")
    return dict(pairs)
