"""Books of roles, read naively."""

from hypothesis import strategies as st

from shared.auth.permissions import CATALOGUE
from shared.auth.role_rules import with_role
from shared.auth.roles import Book, Role
from shared.kernel.errors import ValidationFailed

NAMES = ("a", "b", "c", "d", "e")
SOME = sorted(CATALOGUE)[:6]
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
