"""Use cases of a tenant's own roles and teams."""

from collections.abc import Callable, Iterable, Sequence
from functools import partial

from shared.auth.chain import Act
from shared.auth.member_store import MemberStore
from shared.auth.models import Caller
from shared.auth.role_rules import (
    require_reach,
    with_role,
    with_team,
    without_role,
    without_team,
)
from shared.auth.roles import Book, Role, Team
from shared.auth.service import Auth
from shared.kernel.clock import Clock
from shared.kernel.errors import Conflict
from shared.platform.persistence import persistently

READ, WRITE = "auth:member:read", "auth:role:write"
Turn = Callable[[Book], Book]


class RoleBook:
    """Who changes a role must have all that it grants or denies, before and after."""

    def __init__(self, auth: Auth, store: MemberStore, clock: Clock) -> None:
        self._auth = auth
        self._store = store
        self._clock = clock

    def read(self, caller: Caller, tenant_id: str) -> Book:
        self._auth.require(caller, READ, tenant_id)
        return self._store.load(tenant_id).book

    def put_role(self, caller: Caller, tenant_id: str, role_id: str, wanted: Role) -> Book:
        details = {"permissions": list(wanted.permissions), "inherits": list(wanted.inherits)}
        act = Act(caller.name, "role.put", role_id, details)
        turn = partial(with_role, role_id=role_id, wanted=wanted)
        return self._turn(caller, tenant_id, turn, act, lambda _: [role_id])

    def remove_role(self, caller: Caller, tenant_id: str, role_id: str) -> None:
        """Raises Conflict while anybody or anything has the role."""
        act = Act(caller.name, "role.remove", role_id, {})
        turn = partial(self._unheld, tenant_id, "roles", role_id, without_role)
        self._turn(caller, tenant_id, turn, act, lambda _: [role_id])

    def put_team(self, caller: Caller, tenant_id: str, team_id: str, wanted: Team) -> Book:
        act = Act(caller.name, "team.put", team_id, {"roles": list(wanted.roles)})
        turn = partial(with_team, team_id=team_id, wanted=wanted)
        return self._turn(caller, tenant_id, turn, act, partial(_roles_of, team_id))

    def remove_team(self, caller: Caller, tenant_id: str, team_id: str) -> None:
        """Raises Conflict while anybody is in it."""
        act = Act(caller.name, "team.remove", team_id, {})
        turn = partial(self._unheld, tenant_id, "teams", team_id, without_team)
        self._turn(caller, tenant_id, turn, act, partial(_roles_of, team_id))

    def _turn(
        self,
        caller: Caller,
        tenant_id: str,
        turn: Turn,
        act: Act,
        concerned: Callable[[Book], Iterable[str]],
    ) -> Book:
        self._auth.require(caller, WRITE, tenant_id)
        own = self._auth.permissions_in(caller, tenant_id)

        def attempt() -> Book:
            loaded = self._store.load(tenant_id)
            after = turn(loaded.book)
            for book in (loaded.book, after):
                require_reach(own, concerned(book), book)
            self._store.put_book(loaded, after, act, self._clock())
            return after

        try:
            return persistently(attempt)
        finally:
            self._auth.forget_members()

    def _unheld(
        self,
        tenant_id: str,
        kind: str,
        name: str,
        without: Callable[[Book, str], Book],
        book: Book,
    ) -> Book:
        after = without(book, name)
        if self._store.holders(tenant_id, kind, name):
            raise Conflict("Members have it.", reason="held_by_members")
        return after


def _roles_of(team_id: str, book: Book) -> Sequence[str]:
    team = book.teams.get(team_id)
    return team.roles if team else ()
