"""An account's books: what its rows add up to, against what its lots, holds and debt say."""

from collections import Counter
from collections.abc import Iterable

from shared.tokens.models import Account
from shared.tokens.postings import HELD, OWED

Postings = Iterable[tuple[str, int]]


class Books:
    """Starts from an account as it is; follows its rows from there."""

    def __init__(self, account: Account) -> None:
        self._books: Counter[str] = Counter(_owned(account))

    def post(self, postings: Postings) -> None:
        """Raises AssertionError for a row that does not sum to zero, or is of no whole tokens."""
        entries = list(postings)
        require(all(type(amount) is int for _, amount in entries), f"no integers: {entries}")
        require(sum(amount for _, amount in entries) == 0, f"does not sum to zero: {entries}")
        for book, amount in entries:
            self._books[book] += amount

    def require_match(self, account: Account) -> None:
        """The user's books are what the account holds, and none but the debt is negative."""
        posted = {book: amount for book, amount in self._books.items() if _is_users(book, amount)}
        require(posted == _owned(account), f"books {posted} but account {_owned(account)}")
        require(min(lot.left for lot in account.lots) >= 0, "a lot is negative")
        require(account.debt >= 0, "debt is negative")


def require(holds: bool, otherwise: str) -> None:
    if not holds:
        raise AssertionError(otherwise)


def _is_users(book: str, amount: int) -> bool:
    return book.startswith("user:") and amount != 0


def _owned(account: Account) -> dict[str, int]:
    found: Counter[str] = Counter()
    for lot in account.lots:
        found[f"user:{lot.kind}"] += lot.left
    found[HELD] += account.held
    found[OWED] -= account.debt
    return {book: amount for book, amount in found.items() if amount}
