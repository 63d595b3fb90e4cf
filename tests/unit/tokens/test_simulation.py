"""The simulation of the token service under faults can be repeated, and can fail."""

from typing import Any

import pytest

from scripts.suite.chaos.memory import Documents
from scripts.suite.chaos.tokens import run, stored

SEEDS = range(30)


class Unconditional(Documents):
    """A store that takes every write, whatever its condition."""

    def require(self, write: Any) -> None:
        pass


def test_a_seed_is_a_run() -> None:
    for seed in range(2):
        assert rows(seed) == rows(seed)


def run_unconditionally() -> None:
    for seed in SEEDS:
        run(seed, Unconditional())


def test_a_failure_names_its_seed() -> None:
    with pytest.raises(AssertionError, match=r"^seed \d+: "):
        run_unconditionally()


def rows(seed: int) -> dict[str, str]:
    """The rows of a run with their amounts; the marks of repeats are random by design."""
    found = stored(seed, Documents()).under("token_transactions")
    return {row_id: str(row.fields["amount"]) for row_id, row in found.items()}
