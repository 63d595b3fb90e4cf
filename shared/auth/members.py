"""Use cases of members: who is in a tenant, with which roles and in which teams."""

from collections.abc import Callable, Sequence
from typing import TypeVar

from shared.auth.chain import Act
from shared.auth.member_store import Loaded, MemberStore
from shared.auth.models import Caller, Member
from shared.auth.role_rules import require_reach, require_roles, require_teams
from shared.auth.roles import Book
from shared.auth.service import Auth
from shared.kernel.clock import Clock
from shared.kernel.errors import Conflict, NotFound
from shared.kernel.pages import Page, decode_id, page_behind
from shared.platform.persistence import persistently

T = TypeVar("T")
READ, WRITE = "auth:member:read", "auth:member:write"
OWNER = "owner"


class Members:
    """Nobody gives or takes what they have not themselves, and the last owner stays."""

    def __init__(self, auth: Auth, store: MemberStore, clock: Clock) -> None:
        self._auth = auth
        self._store = store
        self._clock = clock

    def page(self, caller: Caller, tenant_id: str, limit: int, cursor: str | None) -> Page[Member]:
        self._auth.require(caller, READ, tenant_id)
        scope = f"members:{tenant_id}"
        after = decode_id(cursor, scope) if cursor else ""
        found = self._store.page(tenant_id, limit + 1, after)
        if not found:
            self._store.load(tenant_id)  # NotFound where there is no such tenant
        return page_behind(found, limit, scope, lambda last: (last.user_id,))

    def get(self, caller: Caller, tenant_id: str, user_id: str) -> Member:
        self._auth.require(caller, READ, tenant_id)
        return _there(self._store.load(tenant_id, user_id))

    def put(
        self,
        caller: Caller,
        tenant_id: str,
        user_id: str,
        roles: Sequence[str],
        teams: Sequence[str] | None,
    ) -> Member:
        """Makes a user a member, or changes what one has; without teams, those stay."""
        self._auth.require(caller, WRITE, tenant_id)
        own = self._auth.permissions_in(caller, tenant_id)

        def attempt() -> Member:
            loaded = self._store.load(tenant_id, user_id)
            if not loaded.user_known:
                raise NotFound(reason="user")
            return self._put(loaded, _wanted(loaded, user_id, roles, teams), caller, own)

        return self._changed(attempt, tenant_id, user_id)

    def remove(self, caller: Caller, tenant_id: str, user_id: str) -> None:
        self._auth.require(caller, WRITE, tenant_id)
        own = self._auth.permissions_in(caller, tenant_id)

        def attempt() -> None:
            loaded = self._store.load(tenant_id, user_id)
            member = _there(loaded)
            require_reach(own, _all_roles(member, loaded.book), loaded.book)
            self._require_owner_beside(member, ())
            act = Act(caller.name, "member.remove", user_id, {"roles": list(member.roles)})
            self._store.remove(loaded, member, act, self._clock())

        self._changed(attempt, tenant_id, user_id)

    def _put(self, loaded: Loaded, wanted: Member, caller: Caller, own: frozenset[str]) -> Member:
        require_roles(wanted.roles, loaded.book)
        require_teams(wanted.teams, loaded.book)
        before = loaded.member or wanted
        concerned = {*_all_roles(before, loaded.book), *_all_roles(wanted, loaded.book)}
        require_reach(own, concerned, loaded.book)
        if loaded.member and _same(loaded.member, wanted):
            return loaded.member
        self._require_owner_beside(before, wanted.roles)
        details = {"roles": list(wanted.roles), "teams": list(wanted.teams)}
        act = Act(caller.name, "member.put", wanted.user_id, details)
        self._store.put(loaded, wanted, act, self._clock())
        return wanted

    def _require_owner_beside(self, before: Member, roles: Sequence[str]) -> None:
        """Whoever counted at the same time loses the commit, and counts again."""
        if OWNER not in before.roles or OWNER in roles:
            return
        owners = self._store.holders(before.tenant_id, "roles", OWNER)
        others = [each for each in owners if each.user_id != before.user_id]
        if all(owner.suspended for owner in others):
            raise Conflict("A tenant keeps an owner.", reason="last_owner")

    def _changed(self, attempt: Callable[[], T], tenant_id: str, user_id: str) -> T:
        try:
            return persistently(attempt)
        finally:
            self._auth.forget_member(tenant_id, user_id)


def _wanted(
    loaded: Loaded, user_id: str, roles: Sequence[str], teams: Sequence[str] | None
) -> Member:
    before = loaded.member
    kept = before.teams if before else ()
    return Member(
        tenant_id=loaded.tenant_id,
        user_id=user_id,
        roles=tuple(dict.fromkeys(roles)),
        version=before.version + 1 if before else 1,
        suspended=before.suspended if before else False,
        teams=tuple(dict.fromkeys(kept if teams is None else teams)),
    )


def _all_roles(member: Member, book: Book) -> Sequence[str]:
    """Their own and their teams'."""
    of_teams = (book.teams[team].roles for team in member.teams if team in book.teams)
    return [*member.roles, *(role for roles in of_teams for role in roles)]


def _same(one: Member, other: Member) -> bool:
    return (one.roles, one.teams) == (other.roles, other.teams)


def _there(loaded: Loaded) -> Member:
    if loaded.member is None:
        raise NotFound(reason="member")
    return loaded.member
