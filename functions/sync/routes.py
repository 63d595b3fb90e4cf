"""The calls of routes: what is mirrored, for the platform's administrators."""

from functions.sync.area import area
from functions.sync.route_schemas import RoutePage, RouteRequest, RouteView
from shared.entry.http import Call, Reply
from shared.entry.wire import Nothing, PageQuery
from shared.kernel.pages import decode_id, encode_cursor
from shared.sync.routes import Route
from shared.wiring import Wiring

ADMIN = "sync:route:write"
CURSOR = "sync-routes"


@area.route("GET", "/routes", PageQuery, RoutePage)
def routes(call: Call[PageQuery], wiring: Wiring) -> RoutePage:
    wiring.auth.require_platform(call.caller, ADMIN)
    query = call.input
    after = decode_id(query.cursor, CURSOR) if query.cursor else ""
    found = [(name, route) for name, route in wiring.routing.all().items() if name > after]
    page = found[: query.limit]
    more = encode_cursor(CURSOR, page[-1][0]) if len(found) > len(page) else None
    return RoutePage(items=tuple(_view(name, route) for name, route in page), next_cursor=more)


@area.route("POST", "/routes", RouteRequest, RouteView, status=201)
def make_route(call: Call[RouteRequest], wiring: Wiring) -> RouteView:
    wiring.auth.require_platform(call.caller, ADMIN)
    route = _route(call.input)
    return _view(wiring.routing.make(route), route)


@area.route("GET", "/routes/<route_id>", Nothing, RouteView)
def route(call: Call[Nothing], wiring: Wiring) -> RouteView:
    wiring.auth.require_platform(call.caller, ADMIN)
    route_id = call.path["route_id"]
    return _view(route_id, wiring.routing.get(route_id))


@area.route("PUT", "/routes/<route_id>", RouteRequest, RouteView)
def replace_route(call: Call[RouteRequest], wiring: Wiring) -> RouteView:
    wiring.auth.require_platform(call.caller, ADMIN)
    route_id, route = call.path["route_id"], _route(call.input)
    wiring.routing.replace(route_id, route)
    return _view(route_id, route)


@area.route("DELETE", "/routes/<route_id>", Nothing, None, status=204)
def end_route(call: Call[Nothing], wiring: Wiring) -> Reply:
    wiring.auth.require_platform(call.caller, ADMIN)
    wiring.routing.end(call.path["route_id"])
    return Reply(None)


def _route(wanted: RouteRequest) -> Route:
    return Route.model_validate(wanted.model_dump(by_alias=True))


def _view(route_id: str, route: Route) -> RouteView:
    return RouteView.model_validate({"routeId": route_id} | route.model_dump(by_alias=True))
