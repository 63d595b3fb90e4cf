"""HTTP functions: a route table an area."""

import functools
from collections.abc import Callable
from dataclasses import dataclass, field

import flask
import functions_framework
from flask import Request, Response
from werkzeug.exceptions import HTTPException

from shared.entry.calls import Call, Letter, Page, Reply, replayed
from shared.entry.routing import Route, Routes
from shared.entry.server import let_headers_through
from shared.entry.serving import framework_failure, serve
from shared.entry.wire import M, Nothing, Wire
from shared.wiring import Wiring, wiring

__all__ = ["Area", "Call", "Letter", "Page", "Reply", "replayed"]


@dataclass(frozen=True, slots=True)
class Area:
    """The calls of one area, behind the gateway (`/api/v1/<name>/...`) and called directly."""

    name: str
    prefix: str = ""
    routes: list[Route] = field(default_factory=list)

    def __post_init__(self) -> None:
        object.__setattr__(self, "prefix", self.prefix or f"/api/v1/{self.name}")

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
        issues: bool = False,
        keyed: bool = False,
        headers: tuple[str, ...] = (),
        raises: tuple[int, ...] = (),
    ) -> Callable[
        [Callable[[Call[M], Wiring], Wire | Reply]], Callable[[Call[M], Wiring], Wire | Reply]
    ]:
        """Declare a call. `takes` is its body, or its query where the method has none.

        An `open_` one asks for no credentials; a `form` is OAuth's way to send a body; one that
        `issues` credentials is refused while nobody can count how many. The rest is for readers:
        whether it is `keyed` (needs an Idempotency-Key), `headers` and statuses of its own.
        """

        def declare(
            handler: Callable[[Call[M], Wiring], Wire | Reply],
        ) -> Callable[[Call[M], Wiring], Wire | Reply]:
            plain = Route(method, path, takes, gives, status, handler)
            told = plain._replace(keyed=keyed, headers=headers, raises=raises)
            self.routes.append(told._replace(open=open_, form=form, issues=issues))
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

    def page(self, path: str, mimetype: str) -> Callable[[Callable[[], Page]], Callable[[], Page]]:
        """Declare something to read, open to everybody and the same for all."""

        def declare(made: Callable[[], Page]) -> Callable[[], Page]:
            handler = functools.wraps(made)(lambda _call, _wiring: made())
            route = Route("GET", path, Nothing, None, 200, handler, open=True)
            self.routes.append(route._replace(mimetype=mimetype))
            return made

        return declare

    def function(self, wired: Callable[[], Wiring] = wiring) -> Callable[[Request], Response]:
        """The deployable function of the area."""
        entry = functools.partial(serve, self.name, Routes(self.prefix, self.routes), wired)

        def function(request: Request) -> Response:
            return entry(request)

        function.__name__ = self.name
        if flask.has_app_context() and not flask.has_request_context():
            flask.current_app.register_error_handler(HTTPException, framework_failure)
            let_headers_through()
        functions_framework.http(function)
        return function
