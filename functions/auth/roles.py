"""A tenant's own roles, beside the built-in ones, and its teams."""

from typing import Any, TypeVar

from functions.auth.area import area
from functions.auth.member_schemas import (
    ListQuery,
    RoleRequest,
    RolesPage,
    RoleView,
    TeamRequest,
    TeamsPage,
    TeamView,
)
from shared.auth.permissions import BUILT_IN
from shared.auth.roles import Book, Role, Team
from shared.entry.http import Call, Reply
from shared.entry.wire import Nothing
from shared.kernel.errors import NotFound
from shared.kernel.pages import Page, page_of
from shared.wiring import Wiring

ROLES, TEAMS = "/tenants/<tenant_id>/roles", "/tenants/<tenant_id>/teams"
ROLE, TEAM = f"{ROLES}/<role_id>", f"{TEAMS}/<team_id>"
V = TypeVar("V")


@area.route("GET", ROLES, ListQuery, RolesPage)
def roles(call: Call[ListQuery], wiring: Wiring) -> RolesPage:
    page = _page(call, "roles", _roles(_book(call, wiring)))
    return RolesPage(items=tuple(page.items), next_cursor=page.next_cursor)


@area.route("GET", ROLE, Nothing, RoleView)
def role(call: Call[Nothing], wiring: Wiring) -> RoleView:
    return _named(_roles(_book(call, wiring)), call.path["role_id"])


@area.route("PUT", ROLE, RoleRequest, RoleView)
def put_role(call: Call[RoleRequest], wiring: Wiring) -> RoleView:
    role_id, wanted = call.path["role_id"], Role(call.input.permissions, call.input.inherits)
    book = wiring.role_book.put_role(call.caller, call.path["tenant_id"], role_id, wanted)
    return _role(role_id, book.roles[role_id])


@area.route("DELETE", ROLE, Nothing, None)
def remove_role(call: Call[Nothing], wiring: Wiring) -> Reply:
    wiring.role_book.remove_role(call.caller, call.path["tenant_id"], call.path["role_id"])
    return Reply(None)


@area.route("GET", TEAMS, ListQuery, TeamsPage)
def teams(call: Call[ListQuery], wiring: Wiring) -> TeamsPage:
    page = _page(call, "teams", _teams(_book(call, wiring)))
    return TeamsPage(items=tuple(page.items), next_cursor=page.next_cursor)


@area.route("GET", TEAM, Nothing, TeamView)
def team(call: Call[Nothing], wiring: Wiring) -> TeamView:
    return _named(_teams(_book(call, wiring)), call.path["team_id"])


@area.route("PUT", TEAM, TeamRequest, TeamView)
def put_team(call: Call[TeamRequest], wiring: Wiring) -> TeamView:
    team_id, wanted = call.path["team_id"], Team(call.input.name, call.input.roles)
    book = wiring.role_book.put_team(call.caller, call.path["tenant_id"], team_id, wanted)
    return _team(team_id, book.teams[team_id])


@area.route("DELETE", TEAM, Nothing, None)
def remove_team(call: Call[Nothing], wiring: Wiring) -> Reply:
    wiring.role_book.remove_team(call.caller, call.path["tenant_id"], call.path["team_id"])
    return Reply(None)


def _book(call: Call[Any], wiring: Wiring) -> Book:
    return wiring.role_book.read(call.caller, call.path["tenant_id"])


def _roles(book: Book) -> dict[str, RoleView]:
    """By their names, the built-in ones first."""
    built_in = {name: _built_in(name) for name in BUILT_IN}
    return built_in | {name: _role(name, book.roles[name]) for name in sorted(book.roles)}


def _teams(book: Book) -> dict[str, TeamView]:
    return {name: _team(name, book.teams[name]) for name in sorted(book.teams)}


def _named(found: dict[str, V], name: str) -> V:
    if name not in found:
        raise NotFound(reason="no_such_name")
    return found[name]


def _page(call: Call[ListQuery], kind: str, found: dict[str, V]) -> Page[V]:
    scope = f"{kind}:{call.path['tenant_id']}"
    return page_of(found, scope, call.input.limit, call.input.cursor)


def _built_in(name: str) -> RoleView:
    held = tuple(sorted(BUILT_IN[name]))
    return RoleView(role_id=name, permissions=held, inherits=(), version=1, built_in=True)


def _role(name: str, found: Role) -> RoleView:
    said = {"permissions": tuple(found.permissions), "inherits": tuple(found.inherits)}
    return RoleView(role_id=name, **said, version=found.version, built_in=False)


def _team(name: str, found: Team) -> TeamView:
    roles = tuple(found.roles)
    return TeamView(team_id=name, name=found.name, roles=roles, version=found.version)
