"""From a request to its answer: problem+json for every failure, one log line a request."""

import time
from collections.abc import Callable, Mapping
from contextlib import nullcontext
from typing import Any

import flask
from flask import Request, Response
from werkzeug.exceptions import HTTPException

from shared.auth.api_keys import without_credentials
from shared.auth.models import Caller
from shared.entry import headers, limits, throttle
from shared.entry.answers import answered, failed, request_id, shown
from shared.entry.calls import Call, Letter, Page, Reply
from shared.entry.credentials import NOBODY, caller_of, refuse_exposed, refuse_in_address
from shared.entry.forms import in_oauth_words, parsed_form
from shared.entry.routing import Route, Routes
from shared.entry.wire import Wire, lists_of, parsed_body, parsed_query
from shared.kernel.errors import Problem
from shared.platform.logs import log, where
from shared.wiring import Wiring


def serve(area: str, routes: Routes, wired: Callable[[], Wiring], request: Request) -> Response:
    started = time.perf_counter()
    try:
        response = _handled(routes, wired, request)
        reason = ""
    except Problem as problem:
        response, reason = failed(problem, request), problem.reason
    except Exception as failure:
        response, reason = failed(failure, request), type(failure).__name__
        log("ERROR", "unexpected failure", area=area, exc=where(failure))
    _log_request(area, request, response, reason, time.perf_counter() - started)
    return response


def _handled(routes: Routes, wired: Callable[[], Wiring], request: Request) -> Response:
    parts = wired()
    headers.share(request, parts.settings.web.origins)
    limits.check(request)
    if headers.is_preflight(request):
        allowed = headers.permission(request, routes.methods(request.path))
        return answered(None, 204, allowed, request)
    route, path = routes.match(request.method, request.path)
    words = in_oauth_words() if route.form else nullcontext()
    with words, throttle.watched(request, parts):
        result = route.handler(_asked(route, path, request, parts), parts)
    if isinstance(result, Page):
        return shown(result.content, route.mimetype, result.headers, request)
    reply = result if isinstance(result, Reply) else Reply(result)
    return answered(reply.body, route.status, reply.headers, request)


def _asked(
    route: Route, path: Mapping[str, str], request: Request, parts: Wiring
) -> Call[Any] | Letter:
    if route.signed:
        throttle.admit(request, route, NOBODY, parts)
        return Letter(limits.body(request), dict(request.headers))
    refuse_exposed(request, b"" if route.form else limits.body(request), lambda: parts.exposure)
    caller = _caller(route, request, parts)
    throttle.admit(request, route, caller, parts)
    return Call(_input(route, request), path, caller, dict(request.headers))


def _caller(route: Route, request: Request, parts: Wiring) -> Caller:
    if not route.open:
        return caller_of(request, parts.auth)
    refuse_in_address(request)
    return NOBODY


def _input(route: Route, request: Request) -> Wire:
    if route.form:
        return parsed_form(route.takes, request)
    if route.method in limits.WITH_BODY:
        return parsed_body(route.takes, limits.json_body(request))
    return parsed_query(route.takes, limits.query(request, lists_of(route.takes)))


def framework_failure(failure: HTTPException) -> Response:
    """What the framework refuses before or beside a function, in our words."""
    response = failed(failure, flask.request)
    _log_request(flask.current_app.name, flask.request, response, "framework", 0)
    return response


def _log_request(area: str, request: Request, response: Response, reason: str, took: float) -> None:
    log(
        "INFO" if response.status_code < 500 else "ERROR",
        "request",
        area=area,
        method=request.method,
        path=without_credentials(request.path),
        status=response.status_code,
        reason=reason,
        ms=round(took * 1000, 1),
        requestId=request_id(request),
        traceparent=without_credentials(request.headers.get("traceparent", "")) or None,
    )
