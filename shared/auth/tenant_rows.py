"""Tenants, their books of roles and their members, as they are stored."""

from collections.abc import Mapping
from typing import Any

from shared.auth.models import Member
from shared.auth.roles import Book, Role, Team
from shared.kernel.lenient import mapping, text, texts, whole

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
    return Member(
        tenant_id=tenant_id,
        user_id=user_id,
        roles=texts(row.get("roles")),
        version=whole(row.get("version")),
        suspended=is_suspended(row),
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


def is_suspended(member: Row) -> bool:
    return bool(member.get("status", "active") != "active")


def book_of(tenant: Row) -> Book:
    """The part of a tenant's document that says what its roles are, as far as it makes sense."""
    return Book(
        {name: _role(mapping(row)) for name, row in mapping(tenant.get("roles")).items()},
        {name: _team(mapping(row)) for name, row in mapping(tenant.get("teams")).items()},
        whole(tenant.get("rolesVersion")),
    )


def book_fields(book: Book) -> Fields:
    return {
        "roles": {name: role._asdict() for name, role in book.roles.items()},
        "teams": {name: team._asdict() for name, team in book.teams.items()},
        "rolesVersion": book.version,
    }


def _role(row: Row) -> Role:
    version = whole(row.get("version"), 1)
    return Role(texts(row.get("permissions")), texts(row.get("inherits")), version)


def _team(row: Row) -> Team:
    version = whole(row.get("version"), 1)
    return Team(text(row.get("name")) or "", texts(row.get("roles")), version)
