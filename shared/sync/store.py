"""Documents and their tombstones in every project; routes and dead letters in the hub.

A commit is conditioned on all that was read for it: what it does not write it guards by a write
without effect, so that two workers can never decide on different halves of one document.
"""

import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict
from datetime import timedelta
from typing import Any

from google.api_core import exceptions as google
from google.cloud import firestore
from google.cloud.firestore_v1 import types

from shared.kernel.clock import Clock
from shared.kernel.errors import DependencyUnavailable
from shared.kernel.ids import derived_id
from shared.platform import firestore as db
from shared.sync import writes
from shared.sync.documents import document_found, tombstone_found
from shared.sync.models import Bury, DeadLetter, Found, Keep, Peer, Place, Refused, Write
from shared.sync.routes import Route, peers_of, read_routes

KEPT = timedelta(days=30)
ROUTES_SECONDS = 10.0
MOST_DATA = 900_000  # bytes; a document holds a little more than a million
LOST = (google.AlreadyExists, google.FailedPrecondition, google.NotFound, google.Aborted)
UNKNOWN = (google.ServerError, google.TooManyRequests)
Clients = Callable[[str], firestore.Client]


class Replicas:
    """The documents of every registered project, each with its tombstone."""

    def __init__(self, clients: Clients, clock: Clock) -> None:
        self._clients = clients
        self._clock = clock

    def read(self, place: Place, both: bool) -> Found:
        """The document; its tombstone too if asked for, or if the document does not tell."""
        names = writes.names(place)
        first = self._get(place.project, names if both else names[:1])
        document = document_found(first.get(names.document))
        if both or (document and document.marks):
            return Found(document, tombstone_found(first.get(names.tombstone)), both)
        then = self._get(place.project, names[1:])
        return Found(document, tombstone_found(then.get(names.tombstone)), True)

    def commit(self, place: Place, found: Found, outcome: Keep | Bury, write: Write) -> None:
        """Make it so, if nothing has changed since `found`; ChangedMeanwhile otherwise."""
        planned = writes.planned(place, found, outcome, write, self._clock() + KEPT)
        self._commit(place.project, planned)

    def _commit(self, project: str, planned: Sequence[Any]) -> None:
        client = self._clients(project)
        with _conditional():
            client._firestore_api.commit(
                request={"database": client._database_string, "writes": planned},
                metadata=client._rpc_metadata,
                retry=None,
                timeout=db.TIMEOUT_SECONDS,
            )

    def _get(self, project: str, names: Sequence[str]) -> dict[str, Any]:
        client = self._clients(project)
        request = {"database": client._database_string, "documents": list(names)}
        with db.bounded():
            answers = client._firestore_api.batch_get_documents(
                request=request,
                metadata=client._rpc_metadata,
                retry=db.PATIENT,
                timeout=db.TIMEOUT_SECONDS,
            )
            found = [types.Document.pb(answer.found) for answer in answers if "found" in answer]
        return {document.name: document for document in found}


class Routes:
    """What is mirrored where, from `sync_routes`; as old as `ROUTES_SECONDS` at most."""

    def __init__(self, hub: firestore.Client) -> None:
        self._hub = hub
        self._routes: Sequence[Route] = ()
        self._fresh_until = float("-inf")

    def peers(self, project: str, collection: str) -> list[Peer] | None:
        if time.monotonic() >= self._fresh_until:
            enabled = firestore.FieldFilter("enabled", "==", True)
            found = db.find(self._hub.collection("sync_routes").where(filter=enabled))
            self._routes = read_routes(found)
            self._fresh_until = time.monotonic() + ROUTES_SECONDS
        return peers_of(self._routes, project, collection)


class DeadLetters:
    """What could not be mirrored, each once, in `sync_dead_letters`."""

    def __init__(self, hub: firestore.Client, clock: Clock) -> None:
        self._hub = hub
        self._clock = clock

    def keep(self, letter: DeadLetter) -> None:
        letter_id = derived_id(letter.event_id, letter.cause, letter.project, letter.peer)
        now = self._clock()
        document = {"recordedAt": now, "expireAt": now + KEPT} | _record(letter)
        db.create(self._hub.collection("sync_dead_letters").document(letter_id), document)


def _record(letter: DeadLetter) -> dict[str, Any]:
    record = asdict(letter)
    record["eventId"] = record.pop("event_id")
    return record | {"data": letter.data[:MOST_DATA]}


@contextmanager
def _conditional() -> Iterator[None]:
    try:
        yield
    except (*LOST, *UNKNOWN) as failure:
        raise db.ChangedMeanwhile from failure
    except google.InvalidArgument as refused:
        raise Refused("unwritable_document") from refused
    except google.GoogleAPICallError as failure:
        raise DependencyUnavailable(reason=type(failure).__name__) from failure
