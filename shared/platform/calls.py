"""Firestore's calls of the hot paths, straight on the channel.

What the client puts around each of them (models, checks, wrappers, a log interceptor) takes as long
as all that we do with the answer.
"""

import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager, suppress
from functools import partial
from typing import Any

import grpc
from google.api_core.exceptions import NotFound, from_grpc_error
from google.api_core.gapic_v1.client_info import METRICS_METADATA_KEY
from google.api_core.gapic_v1.routing_header import to_grpc_metadata
from google.cloud import firestore
from google.cloud.firestore_v1 import types

from shared.platform.firestore import PATIENT, TIMEOUT_SECONDS, bounded

SERVICE = "/google.firestore.v1.Firestore/"
_OneRequest = types.GetDocumentRequest.pb()
_GetRequest = types.BatchGetDocumentsRequest.pb()
_CommitRequest = types.CommitRequest.pb()
_EachRequest = types.BatchWriteRequest.pb()


class Calls:
    """One project's. Requests and answers are protobuf; failures are Google's exceptions."""

    def __init__(self, client: firestore.Client) -> None:
        channel = client._firestore_api.transport.grpc_channel
        self._database = client._database_string
        self._metadata = _metadata(client)
        self._one = _call(channel.unary_unary, "GetDocument", _OneRequest, types.Document)
        self._get = _call(
            channel.unary_stream, "BatchGetDocuments", _GetRequest, types.BatchGetDocumentsResponse
        )
        self._commit = _call(channel.unary_unary, "Commit", _CommitRequest, types.CommitResponse)
        self._each = _call(
            channel.unary_unary, "BatchWrite", _EachRequest, types.BatchWriteResponse
        )

    def one(self, name: str) -> Any:
        """The document, None where there is none; cheaper than a stream of one answer."""
        request = _OneRequest(name=name)
        with suppress(NotFound):
            return _patiently(partial(self._one, request, metadata=self._metadata))
        return None

    def get(self, names: Iterable[str]) -> list[Any]:
        """An answer for each document."""
        request = _GetRequest(database=self._database, documents=list(names))
        call = partial(self._get, request, metadata=self._metadata)
        found: list[Any] = _patiently(lambda timeout: list(call(timeout=timeout)))
        return found

    def commit(self, writes: Iterable[Any]) -> Any:
        """All or nothing, once."""
        request = _CommitRequest(database=self._database, writes=list(writes))
        with _in_googles_words():
            return self._commit(request, timeout=TIMEOUT_SECONDS, metadata=self._metadata)

    def write_each(self, writes: Iterable[Any]) -> Any:
        """Each on its own, once."""
        request = _EachRequest(database=self._database, writes=list(writes))
        with _in_googles_words():
            return self._each(request, timeout=TIMEOUT_SECONDS, metadata=self._metadata)


def _call(
    kind: Callable[..., Callable[..., Any]], name: str, request: Any, response: Any
) -> Callable[..., Any]:
    return kind(
        SERVICE + name,
        request_serializer=request.SerializeToString,
        response_deserializer=response.pb().FromString,
    )


def _metadata(client: firestore.Client) -> tuple[tuple[str, str], ...]:
    agent = (METRICS_METADATA_KEY, client._client_info.to_user_agent())
    routing = to_grpc_metadata([("database", client._database_string)])  # type: ignore[no-untyped-call]  # untyped library
    return (*client._rpc_metadata, routing, agent)


def _patiently(call: Callable[..., Any]) -> Any:
    """A read, tried again for a while; raises DependencyUnavailable."""
    with bounded():
        return _tried(call, time.monotonic() + TIMEOUT_SECONDS)


@PATIENT
def _tried(call: Callable[..., Any], until: float) -> Any:
    with _in_googles_words():
        return call(timeout=until - time.monotonic())


@contextmanager
def _in_googles_words() -> Iterator[None]:
    try:
        yield
    except grpc.RpcError as failure:
        raise from_grpc_error(failure) from failure  # type: ignore[no-untyped-call]  # untyped library
