"""Firestore's calls of the hot paths, at the level of protobuf: get some, in order, commit some."""

from collections.abc import Iterable, Mapping
from datetime import UTC, datetime
from typing import Any, NamedTuple

from google.api_core.exceptions import AlreadyExists, InvalidArgument
from google.cloud import firestore
from google.cloud.firestore import SERVER_TIMESTAMP
from google.cloud.firestore_v1 import types

from shared.kernel.errors import FieldError, ValidationFailed
from shared.platform.calls import Calls
from shared.platform.firestore import PATIENT, TIMEOUT_SECONDS, Document, bounded, conditioned
from shared.platform.values import Packed, packed_fields, plain_fields

_QueryRequest = types.RunQueryRequest.pb()
_STORES_TIME = types.DocumentTransform.FieldTransform.ServerValue.REQUEST_TIME
_ARRAY_CONTAINS = types.StructuredQuery.FieldFilter.Operator.ARRAY_CONTAINS
Write = Packed


class Found(NamedTuple):
    """A document, and its update time (a protobuf Timestamp, exact to the nanosecond)."""

    document: Document
    updated: Any


class Wire:
    """One project's documents, by their paths."""

    def __init__(self, client: firestore.Client) -> None:
        self._client = client
        self._calls = Calls(client)
        self._root = f"{client._database_string}/documents/"

    def get(self, paths: Iterable[str]) -> dict[str, Found]:
        """Those of the documents that are there, by path, in one call."""
        return self._those(self._answers(paths))

    def get_as_of(self, paths: Iterable[str]) -> tuple[dict[str, Found], int]:
        """Those that are there, and as of when: in nanoseconds of the store's clock."""
        answers = self._answers(paths)
        return self._those(answers), min(answer.read_time.ToNanoseconds() for answer in answers)

    def _answers(self, paths: Iterable[str]) -> list[Any]:
        return self._calls.get(self._root + path for path in paths)

    def _those(self, answers: Iterable[Any]) -> dict[str, Found]:
        return self._found(answer.found for answer in answers if answer.found.name)

    def _found(self, documents: Iterable[Any]) -> dict[str, Found]:
        return {
            document.name.removeprefix(self._root): Found(
                plain_fields(document.fields), document.update_time
            )
            for document in documents
        }

    def ordered(
        self, collection: str, field: str, start: int, limit: int, falling: bool = False
    ) -> list[Any]:
        """Documents (protobuf) of a collection in the order of a number, from `start` on."""
        parent, _, name = (self._root + collection).rpartition("/")
        request = _QueryRequest(parent=parent)
        query = request.structured_query
        query.from_.add(collection_id=name)
        query.order_by.add(field={"field_path": field}, direction=2 if falling else 1)
        query.start_at.values.add(integer_value=start)
        query.start_at.before = True
        query.limit.value = limit
        return self._queried(request)

    def listing(self, collection: str, field: str, text: str) -> dict[str, Found]:
        """The first document of a top collection whose list has the text, by path, if any has."""
        request = _QueryRequest(parent=self._root.rstrip("/"))
        query = request.structured_query
        query.from_.add(collection_id=collection)
        asked = query.where.field_filter
        asked.field.field_path, asked.op, asked.value.string_value = field, _ARRAY_CONTAINS, text
        query.limit.value = 1
        return self._found(self._queried(request))

    def _queried(self, request: Any) -> list[Any]:
        with bounded():
            answers = self._client._firestore_api.run_query(
                request=types.RunQueryRequest.wrap(request),
                metadata=self._client._rpc_metadata,
                retry=PATIENT,
                timeout=TIMEOUT_SECONDS,
            )
            found = [types.RunQueryResponse.pb(answer).document for answer in answers]
        return [document for document in found if document.name]

    def creation(self, path: str, document: Mapping[str, Any]) -> Write:
        """A write that fails if the document is there. SERVER_TIMESTAMP is when it was stored."""
        stamps = [name for name, value in document.items() if value is SERVER_TIMESTAMP]
        stated = {k: v for k, v in document.items() if k not in stamps} if stamps else document
        return self.setting(path, stated) | {
            "current_document": {"exists": False},
            "update_transforms": [_noting(name) for name in stamps],
        }

    def setting(self, path: str, document: Mapping[str, Any]) -> Write:
        """A write that leaves just this document, whatever was there."""
        return {"update": {"name": self._root + path, "fields": packed_fields(document)}}

    def updating(
        self, path: str, document: Mapping[str, Any], updated: Any, gone: Iterable[str] = ()
    ) -> Write:
        """A write of these fields, and without those; fails if it is not as it was found."""
        return self.setting(path, document) | {
            "update_mask": {"field_paths": [*document, *gone]},
            "current_document": {"update_time": updated},
        }

    def adding(self, path: str, amounts: Mapping[str, int]) -> Write:
        """A write that adds to whole numbers, from nothing where there are none; unconditional."""
        write = self.setting(path, {}) | {"update_mask": {"field_paths": []}}
        return write | {"update_transforms": [_adding(*each) for each in amounts.items()]}

    def unchanged(self, path: str, updated: Any) -> Write:
        """A write of nothing, by which a commit fails if the document is not as it was found."""
        return self.updating(path, {}, updated)

    def deletion(self, path: str, updated: Any) -> Write:
        """A write that removes the document, and fails if it is not as it was found."""
        return {"delete": self._root + path, "current_document": {"update_time": updated}}

    def create(self, path: str, document: Mapping[str, Any]) -> datetime | None:
        """Create a document that has the store's own time in it; None if it is there already.

        The time it got is returned. Raises ValidationFailed for what Firestore cannot hold.
        """
        try:
            with bounded():
                (result,) = self._calls.commit([self.creation(path, document)]).write_results
        except AlreadyExists:
            return None
        except InvalidArgument as refused:
            raise ValidationFailed([FieldError("", "not_storable")]) from refused
        stored: datetime = result.transform_results[0].timestamp_value.ToDatetime(tzinfo=UTC)
        return stored

    def commit(self, writes: Iterable[Write]) -> list[Any]:
        """All or nothing, once, never blindly again; the update time of each document.

        Raises AlreadyThere or ChangedMeanwhile, which is also said where the outcome is unknown.
        """
        with conditioned():
            return [result.update_time for result in self._calls.commit(writes).write_results]

    def commit_each(self, writes: Iterable[Write]) -> list[Any]:
        """Each write on its own, in one call: its update time, or None where it did not hold."""
        with bounded():
            found = self._calls.write_each(writes)
        outcomes = zip(found.write_results, found.status, strict=True)
        return [None if status.code else result.update_time for result, status in outcomes]


def _noting(field: str) -> Packed:
    return {"field_path": field, "set_to_server_value": _STORES_TIME}


def _adding(field: str, amount: int) -> Packed:
    return {"field_path": field, "increment": {"integer_value": amount}}
