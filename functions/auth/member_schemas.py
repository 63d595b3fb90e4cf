"""What the calls about members, roles and teams take and give."""

from typing import Annotated

from pydantic import Field

from shared.entry.wire import Id, Name, Wire

ROLES_OF_ONE = 20
Stated = Annotated[str, Field(pattern=r"^!?[a-z0-9-]+:[a-z0-9-]+:[a-z0-9-]+$", max_length=128)]


class ListQuery(Wire):
    limit: Annotated[int, Field(ge=1, le=100)] = 20
    cursor: str | None = None


class MemberRequest(Wire):
    """Without `teams`, a member stays in those that they are in."""

    roles: Annotated[tuple[Id, ...], Field(max_length=ROLES_OF_ONE)]
    teams: Annotated[tuple[Id, ...], Field(max_length=ROLES_OF_ONE)] | None = None


class MemberView(Wire):
    user_id: str
    tenant_id: str
    roles: tuple[str, ...]
    teams: tuple[str, ...]
    version: int


class MembersPage(Wire):
    items: tuple[MemberView, ...]
    next_cursor: str | None


class RoleRequest(Wire):
    """A permission that begins with `!` is denied, whatever else grants it."""

    permissions: Annotated[tuple[Stated, ...], Field(max_length=100)] = ()
    inherits: Annotated[tuple[Id, ...], Field(max_length=5)] = ()


class RoleView(Wire):
    role_id: str
    permissions: tuple[str, ...]
    inherits: tuple[str, ...]
    version: int
    built_in: bool


class RolesPage(Wire):
    items: tuple[RoleView, ...]
    next_cursor: str | None


class TeamRequest(Wire):
    name: Name
    roles: Annotated[tuple[Id, ...], Field(max_length=ROLES_OF_ONE)] = ()


class TeamView(Wire):
    team_id: str
    name: str
    roles: tuple[str, ...]
    version: int


class TeamsPage(Wire):
    items: tuple[TeamView, ...]
    next_cursor: str | None
