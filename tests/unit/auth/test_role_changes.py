"""Changes of roles and teams: what is refused, and what may not be given."""

from collections.abc import Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.auth.permissions import BUILT_IN
from shared.auth.role_rules import (
    MOST_ROLES,
    require_reach,
    require_teams,
    with_role,
    with_team,
    without_role,
)
from shared.auth.roles import DEEPEST, Book, Role, Team, granted
from shared.kernel.errors import Conflict, Forbidden, NotFound, ValidationFailed
from tests.unit.auth.books import NAMES, books


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
