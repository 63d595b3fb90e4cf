"""Roles that inherit, deny and are handed out: compiled as a naive reading would decide."""

import time
from collections.abc import Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scripts.suite.benches import authorize
from shared.auth.models import Member
from shared.auth.permissions import BUILT_IN, CATALOGUE, EDITOR, GOVERNING, VIEWER
from shared.auth.role_rules import (
    MOST_ROLES,
    require_reach,
    require_teams,
    with_role,
    with_team,
    without_role,
)
from shared.auth.roles import DEEPEST, Book, Role, Team, compiled, granted
from shared.kernel.errors import Conflict, Forbidden, NotFound, ValidationFailed

NAMES = ("a", "b", "c", "d", "e")
SOME = sorted(CATALOGUE)[:6]
OUTER = ("owner", "admin")
statements = st.sampled_from([*SOME, *(f"!{each}" for each in SOME)])


@st.composite
def books(draw: st.DrawFn) -> Book:
    """Books that anybody could write, turn by turn; a turn that is refused changes nothing."""
    book = Book()
    for _ in range(draw(st.integers(0, 8))):
        name = draw(st.sampled_from(NAMES))
        ups = draw(st.lists(st.sampled_from([*NAMES, "viewer"]), max_size=2))
        try:
            book = with_role(book, name, Role(draw(st.lists(statements, max_size=3)), ups))
        except ValidationFailed:
            continue
    return book


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


def chain(length: int) -> Book:
    book = with_role(Book(), "r0", Role([], []))
    for number in range(1, length + 1):
        book = with_role(book, f"r{number}", Role([], [f"r{number - 1}"]))
    return book


def pointers(refused: ValidationFailed) -> list[tuple[str, str]]:
    errors = refused.members["errors"]
    assert isinstance(errors, list)
    return [(error["pointer"], error["code"]) for error in errors]


def test_inheritance_ends_at_three_steps() -> None:
    chain(DEEPEST)
    with pytest.raises(ValidationFailed) as refused:
        chain(DEEPEST + 1)
    assert pointers(refused.value) == [("/inherits", "too_deep")]


def test_a_role_put_under_others_deepens_them() -> None:
    book = with_role(chain(DEEPEST), "under", Role([], []))
    with pytest.raises(ValidationFailed):
        with_role(book, "r0", Role([], ["under"]))


@pytest.mark.parametrize("length", [0, 1, 2, 3])
def test_no_role_comes_back_to_itself(length: int) -> None:
    with pytest.raises(ValidationFailed) as refused:
        with_role(chain(length), "r0", Role([], [f"r{length}"]))
    assert pointers(refused.value) == [("/inherits", "cycle")]


def test_what_nobody_knows_is_refused_by_its_place() -> None:
    with pytest.raises(ValidationFailed) as refused:
        with_role(Book(), "a", Role(["events:event:read", "!x:y:z", "no:such:thing"], []))
    assert [pointer for pointer, _ in pointers(refused.value)] == [
        "/permissions/1",
        "/permissions/2",
    ]
    with pytest.raises(ValidationFailed) as refused:
        with_role(Book(), "a", Role([], ["viewer", "ghost"]))
    assert pointers(refused.value) == [("/inherits/1", "unknown_value")]


@pytest.mark.parametrize("role", BUILT_IN)
def test_a_built_in_role_stays(role: str) -> None:
    with pytest.raises(Conflict):
        with_role(Book(), role, Role([], []))
    with pytest.raises(Conflict):
        without_role(Book(), role)


def test_a_role_in_use_stays() -> None:
    with pytest.raises(Conflict):
        without_role(chain(1), "r0")
    with pytest.raises(Conflict):
        without_role(with_team(chain(0), "crew", Team("Crew", ["r0"])), "r0")
    assert without_role(chain(1), "r1").roles.keys() == {"r0"}


def test_there_are_so_many_roles_and_no_more() -> None:
    book = Book({f"r{number}": Role([], []) for number in range(MOST_ROLES)})
    assert with_role(book, "r1", Role([], ["viewer"])).version == 1
    with pytest.raises(Conflict):
        with_role(book, "one-more", Role([], []))


def test_a_team_of_another_tenant_is_not_there_and_none_has_an_owner() -> None:
    with pytest.raises(NotFound):
        require_teams(["crew"], Book())
    with pytest.raises(ValidationFailed):
        with_team(Book(), "crew", Team("Crew", ["owner"]))


@given(books(), st.lists(st.sampled_from([*NAMES, "viewer", "admin"]), max_size=2))
def test_nobody_gives_what_they_have_not(book: Book, roles: Sequence[str]) -> None:
    own = granted(["editor"], book)
    try:
        require_reach(own, roles, book)
    except Forbidden:
        assert not granted(roles, book) <= own or any(r in book.roles for r in roles)
    else:
        assert granted(roles, book) <= own


def test_what_the_benchmark_measures_decides_as_its_peer() -> None:
    decide = compiled(authorize.MEMBER, authorize.BOOK).decide
    assert all(decide(each).allowed == authorize.naive(each) for each in CATALOGUE)


def test_half_a_million_decisions_take_less_than_a_second() -> None:
    decide = compiled(authorize.MEMBER, authorize.BOOK).decide
    began = time.process_time()
    for _ in range(50_000):
        decide("events:event:read")
    assert time.process_time() - began < 0.1
