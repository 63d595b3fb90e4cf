"""One at a time for each account, and everybody who waits goes together."""

import threading
import time
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor

import pytest

from shared.platform.lanes import BATCH, Lanes


class Worker:
    """Does nothing slowly, and remembers who was with whom."""

    def __init__(self) -> None:
        self.batches: list[tuple[str, list[int]]] = []
        self.inside = 0
        self.most_inside = 0
        self.gate = threading.Event()

    def work(self, key: str, jobs: Sequence[int]) -> None:
        self.inside += 1
        self.most_inside = max(self.most_inside, self.inside)
        self.gate.wait(5)
        self.batches.append((key, list(jobs)))
        self.inside -= 1


def crowd(lanes: Lanes[int], worker: Worker, jobs: Sequence[int]) -> None:
    """All of them at once; the worker starts when they are there."""
    with ThreadPoolExecutor(len(jobs)) as pool:
        done = [pool.submit(lanes.join, "a", job) for job in jobs]
        time.sleep(0.05)
        worker.gate.set()
        for job in done:
            job.result(5)


def test_who_comes_while_work_is_under_way_joins_the_next() -> None:
    worker = Worker()
    crowd(Lanes(worker.work), worker, range(40))
    assert sorted(job for _, jobs in worker.batches for job in jobs) == list(range(40))
    assert len(worker.batches) <= 5
    assert worker.most_inside == 1


def test_a_batch_has_an_end() -> None:
    worker = Worker()
    crowd(Lanes(worker.work), worker, range(2 * BATCH + 5))
    assert max(len(jobs) for _, jobs in worker.batches) <= BATCH
    assert sum(len(jobs) for _, jobs in worker.batches) == 2 * BATCH + 5


def test_accounts_do_not_wait_for_each_other() -> None:
    both = threading.Barrier(2, timeout=5)

    def work(key: str, jobs: Sequence[int]) -> None:
        both.wait()

    lanes: Lanes[int] = Lanes(work)
    with ThreadPoolExecutor(2) as pool:
        list(pool.map(lambda key: lanes.join(key, 1), "ab"))
    assert not both.broken


def test_work_that_fails_does_not_block_the_lane() -> None:
    outcomes = iter([ValueError("no"), None])

    def work(key: str, jobs: Sequence[int]) -> None:
        failure = next(outcomes)
        if failure:
            raise failure

    lanes: Lanes[int] = Lanes(work)
    with pytest.raises(ValueError, match="no"):
        lanes.join("a", 1)
    lanes.join("a", 2)
