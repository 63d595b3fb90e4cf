"""Firestore's two calls on a dictionary, with the faults of a network before and behind them.

What a commit may find, and in which order, is as Firestore says: all or nothing, the first
condition that does not hold decides.
"""

from collections import Counter
from collections.abc import Callable, Iterator
from random import Random
from types import SimpleNamespace
from typing import Any, NamedTuple, NoReturn

from google.api_core import exceptions as google
from google.api_core.gapic_v1.client_info import ClientInfo
from google.cloud.firestore_v1 import types

_Document = types.Document.pb()
_GetResponse = types.BatchGetDocumentsResponse.pb()
_CommitResponse = types.CommitResponse.pb()


def fail(failure: type[Exception]) -> NoReturn:
    """Raise a failure of the vendor's, whose constructors have no types."""
    raise failure("simulated")


class Faults(NamedTuple):
    """How likely each is, at every call."""

    unavailable: float = 0.03
    aborted: float = 0.04
    lost_reply: float = 0.06
    late: float = 0.04
    crash: float = 0.02


class Documents:
    """What is stored, once for all instances; every version of an account is kept."""

    def __init__(self) -> None:
        self.found: dict[str, Any] = {}
        self.versions: dict[str, list[Any]] = {}
        self.written: Counter[str] = Counter()
        self._commits = 0

    def commit(self, writes: list[Any]) -> Any:
        """Raises AlreadyExists, NotFound or FailedPrecondition, and has changed nothing."""
        for write in writes:
            self.require(write)
        self._commits += 1
        for write in writes:
            self._apply(write)
        response = _CommitResponse()
        for _ in writes:
            response.write_results.add().update_time.seconds = self._commits
        return response

    def require(self, write: Any) -> None:
        """The write's condition holds."""
        name, condition = write.update.name, write.current_document
        kind, known = condition.WhichOneof("condition_type"), self.found.get(name)
        if kind == "exists" and known is not None:
            fail(google.AlreadyExists)
        if kind == "update_time" and known is None:
            fail(google.NotFound)
        if kind == "update_time" and known and known.update_time != condition.update_time:
            fail(google.FailedPrecondition)

    def get(self, name: str) -> Any:
        """The answer for one document; an empty one for none."""
        answer = _GetResponse()
        if name in self.found:
            answer.found.CopyFrom(self.found[name])
        return answer

    def under(self, collection: str) -> dict[str, Any]:
        """The documents of a collection, by id."""
        cut = f"/documents/{collection}/"
        split = ((name.partition(cut), document) for name, document in self.found.items())
        return {parts[2]: document for parts, document in split if parts[1]}

    def _apply(self, write: Any) -> None:
        """With a mask, a write leaves what the mask does not name."""
        document = _Document()
        masked = write.HasField("update_mask") and write.update.name in self.found
        document.CopyFrom(self.found[write.update.name] if masked else write.update)
        if masked:
            for name in write.update_mask.field_paths:
                _put(document.fields, name, write.update.fields)
        document.update_time.seconds = self._commits
        self.found[document.name] = document
        self.written[document.name] += 1
        self.versions.setdefault(document.name, []).append(document)


def _put(fields: Any, name: str, given: Any) -> None:
    """What the mask names and the write does not give is gone."""
    if name in given:
        fields[name].CopyFrom(given[name])
    else:
        fields.pop(name, None)


class Api:
    """One instance's way to the documents. `pause` lets others go first, or never returns."""

    def __init__(
        self, documents: Documents, random: Random, faults: Faults, pause: Callable[[], None]
    ) -> None:
        self._documents = documents
        self._random = random
        self._faults = faults
        self._pause = pause
        self.late: list[list[Any]] = []

    def unary_stream(self, _: str, **__: Any) -> Callable[..., Any]:
        """As a channel: there is one call that streams."""
        return self._get

    def unary_unary(self, _: str, **__: Any) -> Callable[..., Any]:
        return self._commit

    def _get(self, request: Any, **_: Any) -> Iterator[Any]:
        self._pause()
        self._fail(self._faults.unavailable, google.ServiceUnavailable)
        names = list(request.documents)
        answers = [self._documents.get(name) for name in names]
        self._pause()
        return iter(answers)

    def _commit(self, request: Any, **_: Any) -> Any:
        writes = list(request.writes)
        self._pause()
        self._fail(self._faults.aborted, google.Aborted)
        self._fail(self._faults.unavailable, google.ServiceUnavailable)
        if self._happens(self._faults.late):
            self.late.append(writes)
            fail(google.DeadlineExceeded)
        answer = self._documents.commit(writes)
        self._pause()
        self._fail(self._faults.lost_reply, google.DeadlineExceeded)
        return answer

    def deliver_late(self) -> None:
        """What its caller gave up arrives after all; nobody hears what becomes of it."""
        for writes in self.late:
            try:
                self._documents.commit(writes)
            except (google.AlreadyExists, google.NotFound, google.FailedPrecondition):
                continue
        self.late.clear()

    def _fail(self, likelihood: float, failure: type[Exception]) -> None:
        if self._happens(likelihood):
            fail(failure)

    def _happens(self, likelihood: float) -> bool:
        return self._random.random() < likelihood


class MemoryClient:
    """What a wire needs of a Firestore client."""

    DATABASE = "projects/demo/databases/(default)"

    def __init__(self, api: Api) -> None:
        self._database_string = self.DATABASE
        self._rpc_metadata = ()
        self._client_info = ClientInfo()  # type: ignore[no-untyped-call]  # untyped library
        self._firestore_api = SimpleNamespace(transport=SimpleNamespace(grpc_channel=api))
