"""Jobs side by side."""

from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor

Job = Callable[[], object]


def do_all(jobs: Sequence[Job], at_once: int) -> None:
    """A few at a time; the failure of one is raised when all are over."""
    if len(jobs) == 1:
        jobs[0]()
    if len(jobs) < 2:
        return
    with ThreadPoolExecutor(min(len(jobs), at_once)) as pool:
        under_way = [pool.submit(job) for job in jobs]
    for job in under_way:
        job.result()
