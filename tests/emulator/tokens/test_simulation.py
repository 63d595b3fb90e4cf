"""Two thousand runs of the token service under faults; each failure names its seed."""

import pytest

from scripts.suite.chaos.tokens import run

RUNS, CHUNK = 2_000, 125


@pytest.mark.parametrize("first", range(0, RUNS, CHUNK))
def test_all_that_was_granted_was_done_once_whatever_went_wrong(first: int) -> None:
    for seed in range(first, first + CHUNK):
        run(seed)
