"""Roles that inherit and deny: compiled as a naive reading would decide."""

import time
from collections.abc import Sequence

from hypothesis import given
from hypothesis import strategies as st

from scripts.suite.benches import authorize
from shared.auth.models import Member
from shared.auth.permissions import BUILT_IN, CATALOGUE, EDITOR, GOVERNING, VIEWER
from shared.auth.role_rules import with_role, with_team
from shared.auth.roles import Book, Role, Team, compiled
from tests.unit.auth.books import NAMES, SOME, books

OUTER = ("owner", "admin")
members = st.builds(
    lambda roles, teams: Member("t", "u", tuple(roles), teams=tuple(teams)),
    st.lists(st.sampled_from([*NAMES, "viewer", "nobody"]), max_size=3),
    st.lists(st.sampled_from(["crew", "none"]), max_size=2),
)


def naive(member: Member, book: Book, permission: str) -> bool:
    """Grown out from the roles until nothing is added: no compiling, no depth."""
    reached = [*member.roles]
    reached += [r for team in member.teams if team in book.teams for r in book.teams[team].roles]
    for role in reached:
        if role in book.roles:
            reached += [up for up in book.roles[role].inherits if up not in reached]
    said = [p for role in reached if role in book.roles for p in book.roles[role].permissions]
    said += [p for role in reached for p in BUILT_IN.get(role, ())]
    return permission in said and f"!{permission}" not in said


@given(books(), members, st.lists(st.sampled_from([*NAMES, "viewer"]), max_size=2))
def test_what_is_compiled_is_what_a_naive_reading_says(
    book: Book, member: Member, crew: Sequence[str]
) -> None:
    known = [role for role in crew if role in book.roles or role in BUILT_IN]
    book = with_team(book, "crew", Team("Crew", known))
    effective = compiled(member, book)
    for permission in (*SOME, "events:event:read"):
        decided = effective.decide(permission)
        assert decided.allowed == naive(member, book, permission)
        assert decided.rule.partition(":")[0] in {"role", "team", "deny", "default-deny"}


@given(books(), members, st.sampled_from(SOME))
def test_taking_a_grant_away_allows_nothing(book: Book, member: Member, gone: str) -> None:
    poorer = Book(
        {
            name: role._replace(permissions=[p for p in role.permissions if p != gone])
            for name, role in book.roles.items()
        }
    )
    assert compiled(member, poorer).permissions <= compiled(member, book).permissions


def test_a_denial_wins_and_says_whose_it_is() -> None:
    book = with_role(Book(), "quiet", Role(["!events:event:emit"], ["editor"]))
    effective = compiled(Member("t", "u", ("editor", "quiet")), book)
    assert effective.decide("events:event:emit").rule == "deny:quiet"
    assert effective.permissions == EDITOR - {"events:event:emit"}


def test_nobody_denies_an_owner_what_undoing_it_takes() -> None:
    """An admin may change the roles of a team, and an owner may be in it."""
    denials = [f"!{permission}" for permission in BUILT_IN["admin"]]
    book = with_team(with_role(Book(), "none", Role(denials, [])), "crew", Team("Crew", ["none"]))
    owner, admin = (compiled(Member("t", "u", (role,), teams=("crew",)), book) for role in OUTER)
    assert owner.permissions == GOVERNING | {"auth:tenant:delete"}
    assert not admin.permissions


def test_a_change_of_a_role_grows_the_version_of_every_decision() -> None:
    member = Member("t", "u", ("a",), version=3)
    first = with_role(Book(), "a", Role(["events:event:read"], []))
    second = with_role(first, "a", Role([], ["viewer"]))
    versions = [compiled(member, book).otherwise.role_version for book in (first, second)]
    assert versions == [4, 5]


def test_a_team_gives_its_roles() -> None:
    book = with_team(Book(), "crew", Team("Crew", ["viewer"]))
    effective = compiled(Member("t", "u", (), teams=("crew",)), book)
    assert effective.decide("events:event:read").rule == "team:crew"
    assert effective.permissions == VIEWER


def test_what_the_benchmark_measures_decides_as_its_peer() -> None:
    decide = compiled(authorize.MEMBER, authorize.BOOK).decide
    assert all(decide(each).allowed == authorize.naive(each) for each in CATALOGUE)


def test_half_a_million_decisions_take_less_than_a_second() -> None:
    decide = compiled(authorize.MEMBER, authorize.BOOK).decide
    began = time.process_time()
    for _ in range(50_000):
        decide("events:event:read")
    assert time.process_time() - began < 0.1
