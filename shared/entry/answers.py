"""Answers: JSON for what went well, problem+json (RFC 9457) for what did not."""

import re
import uuid
from collections.abc import Mapping
from typing import Any

import orjson
from flask import Request, Response
from werkzeug.exceptions import HTTPException

from shared.entry import headers, throttle
from shared.entry.wire import Wire
from shared.kernel import errors
from shared.kernel.errors import InternalError, InvalidRequest, Problem

SAFE_REQUEST_ID = re.compile(r"[A-Za-z0-9._:-]{1,128}", re.ASCII)
BY_STATUS: Mapping[int, type[Problem]] = {
    404: errors.NotFound,
    413: errors.PayloadTooLarge,
    414: errors.UriTooLong,
    415: errors.UnsupportedMediaType,
    431: errors.HeadersTooLarge,
}


def answered(body: Wire | None, status: int, own: Mapping[str, str], request: Request) -> Response:
    """The answer of a call that succeeded, with its own headers; 204 when it has nothing to say."""
    if body is None:
        return _response(b"", 204, "application/json", own, request)
    content = body.model_dump_json(by_alias=True).encode()
    return _response(content, status, "application/json", own, request)


def shown(content: bytes, mimetype: str, own: Mapping[str, str], request: Request) -> Response:
    """A page as it is."""
    return _response(content, 200, mimetype, own, request)


def failed(failure: Exception, request: Request) -> Response:
    """The problem that a failure is to its caller; what is unexpected is only named so."""
    problem = failure if isinstance(failure, Problem) else _unforeseen(failure)
    content = orjson.dumps(problem_document(problem, request_id(request)))
    return _response(content, problem.status, "application/problem+json", problem.headers, request)


def problem_document(problem: Problem, request_id: str) -> dict[str, Any]:
    return {
        "type": f"/problems/{problem.code}",
        "title": problem.title,
        "status": problem.status,
        "detail": problem.detail or problem.title,
        "code": problem.code,
        "instance": f"urn:uuid:{request_id}",
        **problem.members,
    }


def request_id(request: Request) -> str:
    """The caller's X-Request-Id where it is safe to repeat, else one made once."""
    if "hyphae.request_id" not in request.environ:
        given = request.headers.get("X-Request-Id", "")
        made = given if SAFE_REQUEST_ID.fullmatch(given) else str(uuid.uuid4())
        request.environ["hyphae.request_id"] = made
    return str(request.environ["hyphae.request_id"])


def _unforeseen(failure: Exception) -> Problem:
    if isinstance(failure, HTTPException):
        return _framework_problem(failure, failure.code or 500)
    return InternalError()


def _framework_problem(failure: HTTPException, status: int) -> Problem:
    if status == 405:
        return errors.MethodNotAllowed(getattr(failure, "valid_methods", None) or ())
    if status in BY_STATUS:
        return BY_STATUS[status]()
    return InvalidRequest() if status < 500 else InternalError()


def _response(
    content: bytes, status: int, mimetype: str, own: Mapping[str, str], request: Request
) -> Response:
    response = Response(content, status, dict(own), content_type=mimetype)
    response.headers["X-Request-Id"] = request_id(request)
    response.headers.update(throttle.fields(request))
    headers.finish(response.headers, request)
    return response
