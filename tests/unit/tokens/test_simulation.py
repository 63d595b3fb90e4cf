"""A few runs of the token service under faults, and that they can be repeated."""

from typing import Any

import pytest

from scripts.suite.chaos.memory import Documents
from scripts.suite.chaos.tokens import run, stored

SEEDS = range(30)


class Unconditional(Documents):
    """A store that takes every write, whatever its condition."""

    def require(self, write: Any) -> None:
        pass


def run_all(kind: type[Documents]) -> None:
    for seed in SEEDS:
        run(seed, kind())


def test_all_that_was_granted_was_done_once_whatever_went_wrong() -> None:
    run_all(Documents)


def test_a_seed_is_a_run() -> None:
    for seed in range(2):
        assert rows(seed) == rows(seed)


def test_a_failure_names_its_seed() -> None:
    with pytest.raises(AssertionError, match=r"^seed \d+: "):
        run_all(Unconditional)


def rows(seed: int) -> dict[str, str]:
    """The rows of a run with their amounts; the marks of repeats are random by design."""
    found = stored(seed, Documents()).under("token_transactions")
    return {row_id: str(row.fields["amount"]) for row_id, row in found.items()}
