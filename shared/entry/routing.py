"""The route table of an area, and the path of a request in it."""

from collections.abc import Callable, Mapping
from typing import Any, NamedTuple

from werkzeug.exceptions import HTTPException
from werkzeug.exceptions import MethodNotAllowed as NoSuchMethod
from werkzeug.routing import Map, Rule

from shared.entry.wire import Wire
from shared.kernel.errors import InvalidRequest, MethodNotAllowed, NotFound
from shared.kernel.ids import LONGEST_ID, is_safe_id


class Route(NamedTuple):
    """One call of the contract: what it takes and gives, and the status of success.

    A `signed` one comes from nobody we know: its handler gets a Letter instead of a Call.
    An `open` one asks for no credentials; a `form` takes one, and answers in OAuth's words.
    What `issues` credentials is held to stricter limits. A `keyed` one needs an Idempotency-Key,
    `headers` are those that it reads besides, `raises` the statuses of rarer problems; a page has
    a `mimetype`.
    """

    method: str
    path: str
    takes: type[Wire]
    gives: type[Wire] | None
    status: int
    handler: Callable[..., Any]
    signed: bool = False
    open: bool = False
    form: bool = False
    issues: bool = False
    keyed: bool = False
    headers: tuple[str, ...] = ()
    raises: tuple[int, ...] = ()
    mimetype: str = ""

    @property
    def kind(self) -> str:
        """The limit that calls like this one have in common."""
        if self.issues:
            return "issue"
        return "read" if self.method == "GET" else "write"

    @property
    def may_repeat(self) -> bool:
        """Whether it answers a repeated Idempotency-Key with its first answer."""
        return self.keyed or "Idempotency-Key" in self.headers


class Routes:
    """Finds the route of a request behind the gateway (`<prefix>/...`) or called directly."""

    def __init__(self, prefix: str, routes: list[Route]) -> None:
        self._prefix = prefix
        self._routes = routes
        rules = [Rule(r.path, methods=[r.method], endpoint=i) for i, r in enumerate(routes)]
        self._map = Map(rules, strict_slashes=False, merge_slashes=False, redirect_defaults=False)

    def match(self, method: str, path: str) -> tuple[Route, Mapping[str, str]]:
        """The route and the ids in its path; raises NotFound, MethodNotAllowed, InvalidRequest.

        Such an id may be made of two, as a hold's is of its row's and its account's.
        """
        try:
            endpoint, ids = self._map.bind("").match(self._within(path), method)
        except NoSuchMethod as refused:
            raise MethodNotAllowed(sorted(set(refused.valid_methods or ()) - {"HEAD"})) from None
        except HTTPException:
            raise NotFound(reason="no_route") from None
        if not all(is_safe_id(found, 2 * LONGEST_ID) for found in ids.values()):
            raise InvalidRequest("The id in the address is not valid.", reason="unsafe_id")
        return self._routes[endpoint], ids

    def methods(self, path: str) -> set[str]:
        """What may be done at a path; raises NotFound where there is nothing."""
        found = set(self._map.bind("").allowed_methods(self._within(path)))
        if not found:
            raise NotFound(reason="no_route")
        return found - {"HEAD"}

    def _within(self, path: str) -> str:
        """The path behind the prefix; `/api/v1/tokensX` is not of `tokens`, nor `//` one slash."""
        if "//" in path:
            raise NotFound(reason="no_route")
        within = f"{path}/".startswith(f"{self._prefix}/")
        return path.removeprefix(self._prefix) or "/" if within else path
