"""Questions of many threads in one call."""

import threading
import traceback
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor

from shared.platform.batched import Batched

THREADS = 16


def test_a_failure_that_all_share_does_not_grow_with_each() -> None:
    gate = threading.Event()

    def fails(_: Sequence[int]) -> Sequence[int]:
        gate.wait(5)
        raise ValueError("nobody")

    shared = Batched(fails)

    def depth(number: int) -> int:
        try:
            shared.ask(number)
        except ValueError as failure:
            return len(traceback.extract_tb(failure.__traceback__))
        return 0

    with ThreadPoolExecutor(THREADS) as pool:
        asked = [pool.submit(depth, number) for number in range(THREADS)]
        gate.set()
        depths = [one.result(5) for one in asked]
    assert 0 < min(depths) <= max(depths) < THREADS
