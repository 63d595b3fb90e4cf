"""HTTP functions: a route table an area, problem+json for every failure, one log line a request."""

import functools
import re
import time
from collections.abc import Callable, Mapping
from contextlib import nullcontext
from dataclasses import dataclass, field
from typing import Any, Generic, NamedTuple, TypeVar

import flask
import functions_framework
from flask import Request, Response
from werkzeug.exceptions import HTTPException

from shared.auth.models import Caller
from shared.entry import limits
from shared.entry.answers import answered, failed, request_id
from shared.entry.credentials import NOBODY, caller_of, refuse_in_address
from shared.entry.forms import in_oauth_words, parsed_form
from shared.entry.routing import Route, Routes
from shared.entry.wire import M, Nothing, Wire, parsed_body, parsed_query
from shared.kernel.errors import InvalidRequest, Problem
from shared.kernel.ids import is_safe_id
from shared.platform.logs import log, where
from shared.wiring import Wiring, wiring

B = TypeVar("B", bound=Wire)
IDEMPOTENCY_KEY = re.compile(r"[\x21-\x7e](?:[\x20-\x7e]{0,126}[\x21-\x7e])?", re.ASCII)


@dataclass(frozen=True, slots=True)
class Call(Generic[B]):
    """A request that passed every check: its input, the ids in its path, and its caller."""

    input: B
    path: Mapping[str, str]
    caller: Caller
    headers: Mapping[str, str]  # by their titled names, as WSGI gives them

    @property
    def idempotency_key(self) -> str:
        key = self.headers.get("Idempotency-Key", "")
        if not IDEMPOTENCY_KEY.fullmatch(key):
            raise InvalidRequest(
                "Idempotency-Key: 1 to 128 printable characters are required.", reason="key"
            )
        return key

    @property
    def tenant_header(self) -> str | None:
        tenant = self.headers.get("X-Tenant-Id") or None
        if tenant and not is_safe_id(tenant):
            raise InvalidRequest("X-Tenant-Id is not valid.", reason="unsafe_id")
        return tenant


class Letter(NamedTuple):
    """A request from outside, as it came: its handler judges by it who sent it."""

    body: bytes
    headers: Mapping[str, str]


class Reply(NamedTuple):
    """An answer with headers of its own."""

    body: Wire | None
    headers: Mapping[str, str] = {}


def replayed(body: Wire, replay: bool) -> Reply:
    """The first answer again, and the header that says so."""
    return Reply(body, {"Idempotent-Replayed": "true"} if replay else {})


@dataclass(frozen=True, slots=True)
class Area:
    """The calls of one area, behind the gateway (`/api/v1/<name>/...`) and called directly."""

    name: str
    routes: list[Route] = field(default_factory=list)

    def route(
        self,
        method: str,
        path: str,
        takes: type[M],
        gives: type[Wire] | None,
        status: int = 200,
        *,
        open_: bool = False,
        form: bool = False,
    ) -> Callable[
        [Callable[[Call[M], Wiring], Wire | Reply]], Callable[[Call[M], Wiring], Wire | Reply]
    ]:
        """Declare a call. `takes` is its body, or its query where the method has none.

        An `open_` one asks for no credentials; a `form` is OAuth's way to send a body.
        """

        def declare(
            handler: Callable[[Call[M], Wiring], Wire | Reply],
        ) -> Callable[[Call[M], Wiring], Wire | Reply]:
            plain = Route(method, path, takes, gives, status, handler)
            self.routes.append(plain._replace(open=open_, form=form))
            return handler

        return declare

    def webhook(
        self, path: str, gives: type[Wire]
    ) -> Callable[[Callable[[Letter, Wiring], Wire]], Callable[[Letter, Wiring], Wire]]:
        """Declare a POST that no caller of ours makes, but somebody who signs what they send."""

        def declare(handler: Callable[[Letter, Wiring], Wire]) -> Callable[[Letter, Wiring], Wire]:
            self.routes.append(Route("POST", path, Nothing, gives, 200, handler, signed=True))
            return handler

        return declare

    def function(self, wired: Callable[[], Wiring] = wiring) -> Callable[[Request], Response]:
        """The deployable function of the area."""
        entry = functools.partial(_serve, self.name, Routes(self.name, self.routes), wired)

        def serve(request: Request) -> Response:
            return entry(request)

        serve.__name__ = self.name
        if flask.has_app_context():
            flask.current_app.register_error_handler(HTTPException, _framework_failure)
        functions_framework.http(serve)
        return serve


def _serve(area: str, routes: Routes, wired: Callable[[], Wiring], request: Request) -> Response:
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
    limits.check(request)
    route, path = routes.match(request.method, request.path)
    parts = wired()
    with in_oauth_words() if route.form else nullcontext():
        result = route.handler(_asked(route, path, request, parts), parts)
    reply = result if isinstance(result, Reply) else Reply(result)
    return answered(reply.body, route.status, reply.headers, request)


def _asked(
    route: Route, path: Mapping[str, str], request: Request, parts: Wiring
) -> Call[Any] | Letter:
    if route.signed:
        return Letter(limits.body(request), dict(request.headers))
    caller = _caller(route, request, parts)
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
    return parsed_query(route.takes, limits.query(request))


def _framework_failure(failure: HTTPException) -> Response:
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
        path=request.path,
        status=response.status_code,
        reason=reason,
        ms=round(took * 1000, 1),
        requestId=request_id(request),
        traceparent=request.headers.get("traceparent"),
    )
