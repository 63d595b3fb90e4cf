"""Writes of many threads in one call: each holds or fails on its own."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

from google.api_core.exceptions import InvalidArgument

from shared.platform.lanes import Lanes
from shared.platform.wire import Wire, Write

MOST_WRITES = 500  # that one call takes


@dataclass(slots=True)
class _Job:
    writes: Sequence[Write]
    results: Sequence[Any] = ()
    failure: Exception | None = None
    documents: frozenset[str] = field(init=False)

    def __post_init__(self) -> None:
        self.documents = frozenset(write["update"]["name"] for write in self.writes)


class SharedWrites:
    """Whoever comes while a call is under way shares the next one with all who do."""

    def __init__(self, wire: Wire) -> None:
        self._wire = wire
        self._lanes: Lanes[_Job] = Lanes(self._work)

    def each(self, writes: Sequence[Write]) -> Sequence[Any]:
        """The update time of each, or None where its condition did not hold.

        Raises DependencyUnavailable, also where the outcome is unknown.
        """
        job = _Job(writes)
        self._lanes.join("", job)
        if job.failure:
            raise job.failure.with_traceback(None)  # it is raised by all, and would grow with each
        return job.results

    def _work(self, _: str, jobs: Sequence[_Job]) -> None:
        for batch in _batches(jobs):
            self._try(batch)

    def _try(self, batch: Sequence[_Job]) -> None:
        try:
            self._write(batch)
        except InvalidArgument as refused:
            self._sort_out(batch, refused)
        except Exception as failure:  # each caller's to judge
            _fail(batch, failure)

    def _sort_out(self, batch: Sequence[_Job], refused: InvalidArgument) -> None:
        """One of them is no write, so none was done: now each by itself."""
        if len(batch) == 1:
            _fail(batch, refused)
            return
        for job in batch:
            self._try([job])

    def _write(self, batch: Sequence[_Job]) -> None:
        results = iter(self._wire.commit_each([w for job in batch for w in job.writes]))
        for job in batch:
            job.results = [next(results) for _ in job.writes]


def _fail(batch: Sequence[_Job], failure: Exception) -> None:
    for job in batch:
        job.failure = failure


def _batches(jobs: Sequence[_Job]) -> Iterator[list[_Job]]:
    """One call names a document once, and holds so many writes."""
    batch: list[_Job] = []
    names: set[str] = set()
    for job in jobs:
        if job.documents & names or len(names) + len(job.documents) > MOST_WRITES:
            yield batch
            batch, names = [], set()
        batch.append(job)
        names |= job.documents
    if batch:
        yield batch
