"""Tenants, their books of roles and their members, as they are stored."""

from collections.abc import Mapping
from typing import Any

from shared.auth.models import Member
from shared.auth.roles import Book, Role, Team
from shared.kernel.lenient import texts

Row = Mapping[str, Any]
Fields = dict[str, Any]


def member_path(tenant_id: str, user_id: str) -> str:
    return f"tenants/{tenant_id}/members/{user_id}"


def is_member_path(path: str, user_id: str) -> bool:
    parts = path.split("/")
    return len(parts) == 4 and path == member_path(parts[1], user_id)


def member_of(path: str, row: Row) -> Member:
    """Who is a member of what, its path says; of what others wrote there, what makes sense."""
    _, tenant_id, _, user_id = path.split("/")
    version = row.get("version")
    return Member(
        tenant_id=tenant_id,
        user_id=user_id,
        roles=texts(row.get("roles")),
        version=version if type(version) is int else 0,
        suspended=row.get("status", "active") != "active",
        teams=texts(row.get("teams")),
    )


def member_fields(member: Member) -> Fields:
    return {
        "tenantId": member.tenant_id,
        "userId": member.user_id,
        "roles": list(member.roles),
        "teams": list(member.teams),
        "version": member.version,
    }


def book_of(tenant: Row) -> Book:
    """The part of a tenant's document that says what its roles are."""
    return Book(
        {name: _role(row) for name, row in (tenant.get("roles") or {}).items()},
        {name: _team(row) for name, row in (tenant.get("teams") or {}).items()},
        tenant.get("rolesVersion", 0),
    )


def book_fields(book: Book) -> Fields:
    return {
        "roles": {name: role._asdict() for name, role in book.roles.items()},
        "teams": {name: team._asdict() for name, team in book.teams.items()},
        "rolesVersion": book.version,
    }


def _role(row: Row) -> Role:
    return Role(tuple(row["permissions"]), tuple(row["inherits"]), row["version"])


def _team(row: Row) -> Team:
    return Team(row["name"], tuple(row["roles"]), row["version"])
