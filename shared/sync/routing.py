"""Use cases of routes: list, make, replace, end."""

from collections.abc import Mapping

from shared.kernel.errors import NotFound, ValidationFailed
from shared.kernel.ids import new_id
from shared.kernel.settings import Settings
from shared.sync.route_store import RouteBook
from shared.sync.routes import Route
from shared.sync.topology import faults


class Routing:
    """Every change of a route is judged beside all the others; instances follow in a second."""

    def __init__(self, book: RouteBook, settings: Settings) -> None:
        self._book = book
        self._settings = settings

    def all(self) -> Mapping[str, Route]:
        return self._book.all()

    def get(self, route_id: str) -> Route:
        return self._there(self.all(), route_id)

    def make(self, route: Route) -> str:
        """The id of the new route; raises ValidationFailed where it cannot stand."""
        route_id = new_id()
        self._book.change(lambda routes: (route_id, self._judged(route, routes)))
        return route_id

    def replace(self, route_id: str, route: Route) -> None:
        def decide(routes: Mapping[str, Route]) -> tuple[str, Route]:
            self._there(routes, route_id)
            others = {name: other for name, other in routes.items() if name != route_id}
            return route_id, self._judged(route, others)

        self._book.change(decide)

    def end(self, route_id: str) -> None:
        """Nothing travels any more; what was mirrored stays on both sides."""

        def decide(routes: Mapping[str, Route]) -> tuple[str, None]:
            self._there(routes, route_id)
            return route_id, None

        self._book.change(decide)

    def _judged(self, route: Route, others: Mapping[str, Route]) -> Route:
        found = faults(route, list(others.values()), self._settings)
        if found:
            raise ValidationFailed(found)
        return route

    def _there(self, routes: Mapping[str, Route], route_id: str) -> Route:
        if route_id not in routes:
            raise NotFound(reason="route")
        return routes[route_id]
