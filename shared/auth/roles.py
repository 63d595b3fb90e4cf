"""What a tenant's roles and teams come to: custom roles inherit, denials win, and each says why.

A tenant's book of roles is one small part of its document, so that what changes in it changes for
all members in one commit; what a member may do is compiled from it where it is asked for.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

from shared.auth.models import Decision, Member
from shared.auth.permissions import BUILT_IN, GOVERNING

DEEPEST = 3
DENIES = "!"


class Role(NamedTuple):
    """A custom role; a permission that begins with `!` is denied, whatever else grants it.

    Only an owner keeps what is in `GOVERNING`.
    """

    permissions: Sequence[str]
    inherits: Sequence[str]
    version: int = 1


class Team(NamedTuple):
    """Its members have its roles beside their own."""

    name: str
    roles: Sequence[str]
    version: int = 1


@dataclass(frozen=True, slots=True)
class Book:
    """The custom roles and teams of a tenant; `version` grows with every change of one."""

    roles: Mapping[str, Role] = field(default_factory=dict)
    teams: Mapping[str, Team] = field(default_factory=dict)
    version: int = 0


class Effective(NamedTuple):
    """All that a member may do, decided beforehand: a permission costs one look-up."""

    decisions: Mapping[str, Decision]
    otherwise: Decision

    def decide(self, permission: str) -> Decision:
        return self.decisions.get(permission, self.otherwise)

    @property
    def permissions(self) -> frozenset[str]:
        return frozenset(name for name, decided in self.decisions.items() if decided.allowed)


def compiled(member: Member | None, book: Book) -> Effective:
    """Default deny; who is no member, or a suspended one, may do nothing."""
    version = member.version + book.version if member else 0
    held = list(_held(member, book)) if member and not member.suspended else []
    kept = GOVERNING if "owner" in (role for _, role in held) else frozenset()
    grants: dict[str, Decision] = {}
    denials: dict[str, Decision] = {}
    for source, role in held:
        for permission in stated(role, book):
            denied = permission.removeprefix(DENIES)
            if denied == permission:
                grants.setdefault(permission, Decision(True, source, version))
            elif denied not in kept:
                denials.setdefault(denied, Decision(False, f"deny:{role}", version))
    return Effective(grants | denials, Decision(False, "default-deny", version))


def granted(roles: Iterable[str], book: Book) -> frozenset[str]:
    """Everything that the roles allow together."""
    return compiled(Member("", "", tuple(roles)), book).permissions


def touched(roles: Iterable[str], book: Book) -> frozenset[str]:
    """Everything that the roles grant or deny: whoever hands them out must have all of it."""
    found = (permission for role in roles for permission in stated(role, book))
    return frozenset(permission.removeprefix(DENIES) for permission in found)


def stated(role: str, book: Book) -> frozenset[str]:
    """What a role says, with all that it inherits; one that is not there says nothing."""
    found = [_said(each, book) for each in _lineage(role, book)]
    return frozenset().union(*found)


def depth(role: str, book: Book) -> int | None:
    """How many steps up its inheritance goes; None where it comes back to where it was."""
    return _depth(role, book, ())


def _held(member: Member, book: Book) -> Iterator[tuple[str, str]]:
    """Where each role comes from, as a decision names it."""
    yield from ((f"role:{role}", role) for role in member.roles)
    for team in member.teams:
        if team in book.teams:
            yield from ((f"team:{team}", role) for role in book.teams[team].roles)


def _lineage(role: str, book: Book) -> set[str]:
    found, newest = {role}, {role}
    for _ in range(DEEPEST):
        newest = {up for each in newest for up in _parents(each, book)} - found
        found |= newest
    return found


def _said(role: str, book: Book) -> frozenset[str]:
    custom = book.roles.get(role)
    return BUILT_IN.get(role) or frozenset(custom.permissions if custom else ())


def _parents(role: str, book: Book) -> Sequence[str]:
    custom = book.roles.get(role)
    return custom.inherits if custom else ()


def _depth(role: str, book: Book, below: tuple[str, ...]) -> int | None:
    if role in below:
        return None
    # One step too many is enough to know.
    if len(below) > DEEPEST:
        return 0
    depths = [_depth(up, book, (*below, role)) for up in _parents(role, book)]
    if None in depths:
        return None
    return 1 + max(found or 0 for found in depths) if depths else 0
