"""Documents and their tombstones in every project.

A commit is conditioned on all that was read for it: what it does not write it guards by a write
without effect, so that two workers can never decide on different halves of one document.
"""

import functools
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from datetime import timedelta
from typing import Any

from google.api_core import exceptions as google
from google.cloud import firestore

from shared.kernel.clock import Clock
from shared.kernel.errors import DependencyUnavailable
from shared.platform import firestore as db
from shared.platform.calls import Calls
from shared.platform.shared_calls import SharedCalls
from shared.sync import writes
from shared.sync.documents import document_found, tombstone_found
from shared.sync.models import Bury, Found, Keep, Place, Write
from shared.sync.refusals import Refused

KEPT = timedelta(days=30)
LOST = (google.AlreadyExists, google.FailedPrecondition, google.NotFound, google.Aborted)
Clients = Callable[[str], firestore.Client]


class Replicas:
    """The documents of every registered project, each with its tombstone."""

    def __init__(self, clients: Clients, clock: Clock) -> None:
        self._clients = clients
        self._calls = functools.cache(lambda project: Calls(clients(project)))
        self._shared = functools.cache(lambda project: SharedCalls(self._calls(project)))
        self._clock = clock

    def read(self, place: Place, both: bool) -> Found:
        """The document; its tombstone too if asked for, or if the document does not tell."""
        names = writes.names(place)
        if both:
            found = self._get(place.project, names)
            tombstone = tombstone_found(found.get(names.tombstone))
            return Found(document_found(found.get(names.document)), tombstone, looked=True)
        one = self._shared(place.project).one
        document = document_found(one(names.document))
        if document and document.marks:
            return Found(document)
        return Found(document, tombstone_found(one(names.tombstone)), looked=True)

    def commit(self, place: Place, found: Found, outcome: Keep | Bury, write: Write) -> None:
        """Make it so, if nothing has changed since `found`; ChangedMeanwhile otherwise."""
        planned = writes.planned(place, found, outcome, write, self._clock() + KEPT)
        self._commit(place.project, planned)

    def put(self, place: Place, field: str, value: bytes | None, updated: int) -> None:
        """Write a field as a user would, if the document is still that version."""
        try:
            self._commit(place.project, [writes.edit(place, field, value, updated)])
        except db.ChangedMeanwhile as faster:
            raise DependencyUnavailable(reason="contended_document") from faster

    def _commit(self, project: str, planned: Sequence[Any]) -> None:
        with _conditional():
            self._shared(project).commit(planned)

    def _get(self, project: str, names: Sequence[str]) -> dict[str, Any]:
        found = [answer.found for answer in self._calls(project).get(names)]
        return {document.name: document for document in found if document.name}


@contextmanager
def _conditional() -> Iterator[None]:
    try:
        yield
    except (*LOST, *db.UNANSWERED) as failure:
        raise db.ChangedMeanwhile from failure
    except google.InvalidArgument as refused:
        raise Refused("UNWRITABLE_DOCUMENT") from refused
    except google.GoogleAPICallError as failure:
        raise DependencyUnavailable(reason=type(failure).__name__) from failure
