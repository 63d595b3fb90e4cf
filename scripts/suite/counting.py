"""Counts what a Firestore client sends: calls, documents read, written and deleted, and where."""

from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

import grpc
from google.cloud import firestore

from shared.platform.channels import client_of


@dataclass
class Costs:
    """Remote calls, and the documents that were read and written; a failed commit writes none.

    A query that finds nothing is a read. A sum or count is taken for one, which holds up to a
    thousand documents. `written` is by collection, `created` holds the new documents.
    """

    calls: int = 0
    reads: int = 0
    writes: int = 0
    deletes: int = 0
    commits: int = 0  # tried, whether or not they went through
    written: Counter[str] = field(default_factory=Counter)
    created: list[Any] = field(default_factory=list)

    def as_tuple(self) -> tuple[int, int, int]:
        return self.calls, self.reads, self.writes

    def commit(self, writes: list[Any]) -> None:
        changed = [write.update for write in writes if not write.delete]
        self.writes += len(changed)
        self.deletes += len(writes) - len(changed)
        self.written.update(collection(document.name) for document in changed)
        whole = [w for w in writes if not (w.delete or w.HasField("update_mask"))]
        self.created += [_stamped(write) for write in whole]


class _Counter(grpc.UnaryUnaryClientInterceptor, grpc.UnaryStreamClientInterceptor):  # type: ignore[misc]  # untyped library
    def __init__(self, costs: Costs) -> None:
        self._costs = costs

    def intercept_unary_unary(self, forward: Callable[..., Any], details: Any, request: Any) -> Any:
        self._costs.calls += 1
        outcome = forward(details, request)
        self._costs.reads += details.method.endswith("/GetDocument")
        if details.method.endswith("/Commit"):
            self._costs.commits += 1
            if outcome.code() == grpc.StatusCode.OK:
                self._costs.commit(list(_plain(request).writes))
        if details.method.endswith("/BatchWrite"):
            self._costs.commit(_that_held(request, outcome))
        return outcome

    def intercept_unary_stream(
        self, forward: Callable[..., Any], details: Any, request: Any
    ) -> Any:
        self._costs.calls += 1
        answers = forward(details, request)
        if details.method.endswith("/RunQuery"):
            return _Found(answers, self._costs)
        asked = getattr(request, "documents", ())
        self._costs.reads += len(asked) or 1
        return answers


def _that_held(request: Any, outcome: Any) -> list[Any]:
    """Of writes that stand each on its own, those whose conditions held."""
    writes = _plain(request).writes
    statuses = _plain(outcome.result()).status
    return [write for write, status in zip(writes, statuses, strict=True) if not status.code]


def _plain(message: Any) -> Any:
    """The protobuf message that the client's model holds, or that was sent without one."""
    return getattr(message, "_pb", message)


class _Found:
    """A query's answers, counted as they are taken."""

    def __init__(self, answers: Any, costs: Costs) -> None:
        self._answers = answers
        self._costs = costs
        self._documents = 0

    def __getattr__(self, name: str) -> Any:
        return getattr(self._answers, name)

    def __iter__(self) -> "_Found":
        return self

    def __next__(self) -> Any:
        try:
            answer = next(self._answers)
        except StopIteration:
            self._costs.reads += max(1, self._documents)
            raise
        self._documents += _plain(answer).HasField("document")
        return answer


def _stamped(write: Any) -> Any:
    """The document as it is stored, with the times that the store puts into it."""
    document = type(write.update)()
    document.CopyFrom(write.update)
    for transform in write.update_transforms:
        document.fields[transform.field_path].timestamp_value.GetCurrentTime()
    return document


def collection(name: str) -> str:
    """The name of the collection that a document is in."""
    return name.split("/")[-2]


def counted_client(project: str, costs: Costs) -> firestore.Client:
    """A client of the emulator whose every call is counted at the transport."""
    return client_of(project, _Counter(costs))


@contextmanager
def costing(costs: Costs) -> Iterator[Costs]:
    """What is spent inside the block."""
    before = (*costs.as_tuple(), costs.deletes)
    written, created = costs.written.copy(), len(costs.created)
    spent = Costs()
    yield spent
    after = (*costs.as_tuple(), costs.deletes)
    spent.calls, spent.reads, spent.writes, spent.deletes = (
        b - a for a, b in zip(before, after, strict=True)
    )
    spent.written = costs.written - written
    spent.created = costs.created[created:]
