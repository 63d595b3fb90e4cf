"""Counts what a Firestore client sends: calls, documents read, documents written."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import grpc
from google.cloud import firestore
from google.cloud.firestore_v1.services.firestore import FirestoreClient
from google.cloud.firestore_v1.services.firestore.transports.grpc import FirestoreGrpcTransport


@dataclass
class Costs:
    """Remote calls, and the documents that were read and written; a failed commit writes none."""

    calls: int = 0
    reads: int = 0
    writes: int = 0
    commits: int = 0  # tried, whether or not they went through

    def as_tuple(self) -> tuple[int, int, int]:
        return self.calls, self.reads, self.writes


class _Counter(grpc.UnaryUnaryClientInterceptor, grpc.UnaryStreamClientInterceptor):  # type: ignore[misc]  # untyped library
    def __init__(self, costs: Costs) -> None:
        self._costs = costs

    def intercept_unary_unary(self, forward: Callable[..., Any], details: Any, request: Any) -> Any:
        self._costs.calls += 1
        outcome = forward(details, request)
        if details.method.endswith("/Commit"):
            self._costs.commits += 1
            done = outcome.code() == grpc.StatusCode.OK
            self._costs.writes += len(request.writes) if done else 0
        return outcome

    def intercept_unary_stream(
        self, forward: Callable[..., Any], details: Any, request: Any
    ) -> Any:
        self._costs.calls += 1
        if details.method.endswith("/BatchGetDocuments"):
            self._costs.reads += len(request.documents)
        return forward(details, request)


def counted_client(project: str, costs: Costs) -> firestore.Client:
    """A client of the emulator whose every call is counted at the transport."""
    client = firestore.Client(project=project)
    channel = client._emulator_channel(FirestoreGrpcTransport)  # type: ignore[no-untyped-call]
    transport = FirestoreGrpcTransport(channel=grpc.intercept_channel(channel, _Counter(costs)))
    client._firestore_api_internal = FirestoreClient(transport=transport)
    return client


@contextmanager
def costing(costs: Costs) -> Iterator[Costs]:
    """What is spent inside the block."""
    before = costs.as_tuple()
    spent = Costs()
    yield spent
    after = costs.as_tuple()
    spent.calls, spent.reads, spent.writes = (b - a for a, b in zip(before, after, strict=True))
