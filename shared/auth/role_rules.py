"""What a tenant may write into its book of roles, and who may; nobody gives what they have not."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from typing import TypeVar

from shared.auth.permissions import BUILT_IN, CATALOGUE
from shared.auth.roles import DEEPEST, DENIES, Book, Role, Team, depth, touched
from shared.kernel.errors import Conflict, FieldError, Forbidden, NotFound, ValidationFailed

T = TypeVar("T")
MOST_ROLES = 50
MOST_TEAMS = 100


def with_role(book: Book, role_id: str, wanted: Role) -> Book:
    """The book with the role in it; raises ValidationFailed or Conflict."""
    before = book.roles.get(role_id)
    if role_id in BUILT_IN:
        raise Conflict("A built-in role stays as it is.", reason="built_in_role")
    if before is None and len(book.roles) >= MOST_ROLES:
        raise Conflict(f"At most {MOST_ROLES} roles.", reason="too_many_roles")
    _require_known(wanted, book, role_id)
    numbered = wanted._replace(version=before.version + 1 if before else 1)
    return _sound(replace(book, version=book.version + 1, roles={**book.roles, role_id: numbered}))


def without_role(book: Book, role_id: str) -> Book:
    """Raises NotFound, or Conflict while something in the book names it."""
    if role_id in BUILT_IN:
        raise Conflict("A built-in role stays as it is.", reason="built_in_role")
    if role_id not in book.roles:
        raise NotFound(reason="role")
    named = [role.inherits for role in book.roles.values()]
    named += [team.roles for team in book.teams.values()]
    if any(role_id in names for names in named):
        raise Conflict("Another role or a team has this role.", reason="role_in_use")
    return replace(book, version=book.version + 1, roles=_without(book.roles, role_id))


def with_team(book: Book, team_id: str, wanted: Team) -> Book:
    before = book.teams.get(team_id)
    if before is None and len(book.teams) >= MOST_TEAMS:
        raise Conflict(f"At most {MOST_TEAMS} teams.", reason="too_many_teams")
    require_roles(wanted.roles, book)
    if "owner" in wanted.roles:
        raise ValidationFailed([FieldError("/roles", "owner_of_a_team")])
    numbered = wanted._replace(version=before.version + 1 if before else 1)
    return replace(book, version=book.version + 1, teams={**book.teams, team_id: numbered})


def without_team(book: Book, team_id: str) -> Book:
    if team_id not in book.teams:
        raise NotFound(reason="team")
    return replace(book, version=book.version + 1, teams=_without(book.teams, team_id))


def require_roles(roles: Sequence[str], book: Book, member: str = "roles") -> None:
    """Raises ValidationFailed for a role that neither the tenant nor the backbone has."""
    known = BUILT_IN.keys() | book.roles.keys()
    _refuse_unknown(member, roles, known)


def require_teams(teams: Sequence[str], book: Book) -> None:
    """Raises NotFound, for a team of another tenant and for none alike."""
    if any(team not in book.teams for team in teams):
        raise NotFound(reason="team")


def require_reach(own: frozenset[str], roles: Iterable[str], *books: Book) -> None:
    """Raises Forbidden unless everything that the roles grant or deny is within one's own."""
    named = tuple(roles)
    if any(not touched(named, book) <= own for book in books):
        raise Forbidden("Nobody grants more than they have.", reason="beyond_own")


def _require_known(wanted: Role, book: Book, role_id: str) -> None:
    plain = [permission.removeprefix(DENIES) for permission in wanted.permissions]
    _refuse_unknown("permissions", plain, CATALOGUE)
    # A role that names itself is a cycle, which is said so.
    require_roles([up for up in wanted.inherits if up != role_id], book, "inherits")


def _refuse_unknown(member: str, names: Sequence[str], known: Iterable[str]) -> None:
    found = frozenset(known)
    wrong = [
        FieldError(f"/{member}/{place}", "unknown_value")
        for place, name in enumerate(names)
        if name not in found
    ]
    if wrong:
        raise ValidationFailed(wrong)


def _sound(book: Book) -> Book:
    """No role comes back to itself, and none stands too deep."""
    depths = [depth(role, book) for role in book.roles]
    if None in depths:
        raise ValidationFailed([FieldError("/inherits", "cycle")])
    if any((found or 0) > DEEPEST for found in depths):
        raise ValidationFailed([FieldError("/inherits", "too_deep")])
    return book


def _without(entries: Mapping[str, T], gone: str) -> dict[str, T]:
    return {name: entry for name, entry in entries.items() if name != gone}
