"""Double entry: what each change moves between the account's books and the world's.

The books are `user:<kind of lot>`, `user:held` and `user:debt` (negative while something is owed),
and `system:issued, sold, consumed, expired`. The postings of a row sum to zero.
"""

from collections.abc import Iterable

from shared.tokens.models import Part

Postings = tuple[tuple[str, int], ...]
HELD, OWED = "user:held", "user:debt"
ISSUED, SOLD, CONSUMED, EXPIRED = (
    "system:issued",
    "system:sold",
    "system:consumed",
    "system:expired",
)


def out_of(parts: Iterable[Part], book: str, owed: int = 0) -> Postings:
    """Tokens leave their lots (and debt is made) for another book."""
    entries = [(f"user:{part.kind}", -part.amount) for part in parts]
    return balanced([*entries, (OWED, -owed)], book)


def into(parts: Iterable[Part], book: str, repaid: int = 0) -> Postings:
    """Tokens come from another book into lots (and debt is repaid)."""
    entries = [(f"user:{part.kind}", part.amount) for part in parts]
    return balanced([*entries, (OWED, repaid)], book)


def balanced(entries: Iterable[tuple[str, int]], book: str) -> Postings:
    """The entries without empty ones, and the counter-entry that makes them sum to zero."""
    kept = [entry for entry in entries if entry[1]]
    counter = -sum(amount for _, amount in kept)
    return (*kept, (book, counter)) if counter else tuple(kept)
