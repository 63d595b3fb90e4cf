"""What many threads ask for, in one call: each gets its own answer."""

from collections.abc import Callable, Sequence
from typing import Generic, TypeVar

from shared.platform.lanes import Lanes

Ask = TypeVar("Ask")
Answer = TypeVar("Answer")


class _Job(Generic[Ask, Answer]):
    """One's question; what became of it stands here when the call is over."""

    def __init__(self, ask: Ask) -> None:
        self.ask = ask
        self.answers: Sequence[Answer] = ()
        self.failure: Exception | None = None


class Batched(Generic[Ask, Answer]):
    """Whoever asks while a call is under way shares the next one with all who do.

    `call` has an answer for each question, in their order; if it fails, it does so for all.
    """

    def __init__(self, call: Callable[[Sequence[Ask]], Sequence[Answer]]) -> None:
        self._call = call
        self._lanes: Lanes[_Job[Ask, Answer]] = Lanes(self._work)

    def ask(self, ask: Ask) -> Answer:
        job: _Job[Ask, Answer] = _Job(ask)
        self._lanes.join("", job)
        if job.failure:
            raise job.failure.with_traceback(None)  # it is raised by all, and would grow with each
        (answer,) = job.answers
        return answer

    def _work(self, _: str, jobs: Sequence[_Job[Ask, Answer]]) -> None:
        try:
            answers = self._call([job.ask for job in jobs])
            for job, answer in zip(jobs, answers, strict=True):
                job.answers = (answer,)
        except Exception as failure:  # each caller's to judge
            for job in jobs:
                job.failure = failure
