"""Documents by the page: ranges of a collection read in order, many writes in one commit."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

from google.cloud import firestore
from google.cloud.firestore_v1 import types

from shared.platform import firestore as db
from shared.sync import writes
from shared.sync.documents import document_found, tombstone_found, version_in
from shared.sync.models import Bury, Found, Keep, Place, Tombstone, Version, Write
from shared.sync.routes import End
from shared.sync.store import KEPT, Replicas

MOST_BYTES = 4_000_000  # of a side's page: one commit holds what is made of it


@dataclass(frozen=True, slots=True)
class Range:
    """Documents by id, and the last id that was looked for; None at the end of the collection."""

    versions: Mapping[str, Version]
    end: str | None


class Planned(NamedTuple):
    """What shall become of one document that was found so."""

    place: Place
    found: Found
    outcome: Keep | Bury
    write: Write


class Bulk(Replicas):
    """Replicas that are also read in their order and committed together."""

    def after(self, end: End, cursor: str, upto: str | None, most: int) -> Range:
        """At most so many documents behind the cursor, none of them behind `upto`.

        A range ends early once it holds `MOST_BYTES`.
        """
        versions: dict[str, Version] = {}
        size = 0
        with db.bounded():
            for document in self._documents(end, cursor, upto, most):
                name = document.name.rpartition("/")[2]
                versions[name] = version_in(document)
                size += document.ByteSize()
                if size >= MOST_BYTES:
                    return Range(versions, name)
        return Range(versions, max(versions) if len(versions) == most else upto)

    def tombstones(self, places: Sequence[Place]) -> Mapping[Place, Tombstone]:
        """Those that are there, in one call a project."""
        found = self._all([(place, writes.names(place).tombstone) for place in places])
        stones = {
            place: tombstone_found(found.get(writes.names(place).tombstone)) for place in places
        }
        return {place: stone for place, stone in stones.items() if stone}

    def found(self, places: Sequence[Place]) -> Mapping[Place, Found]:
        """Each with its tombstone, in one call a project."""
        names = {place: writes.names(place) for place in places}
        found = self._all([(place, name) for place in places for name in names[place]])
        return {
            place: Found(
                document_found(found.get(both.document)),
                tombstone_found(found.get(both.tombstone)),
                looked=True,
            )
            for place, both in names.items()
        }

    def commit_all(self, project: str, planned: Iterable[Planned]) -> None:
        """All in one commit, if nothing has changed since any was found; else ChangedMeanwhile."""
        expires = self._clock() + KEPT
        self._commit(project, [write for one in planned for write in writes.planned(*one, expires)])

    def _all(self, named: Sequence[tuple[Place, str]]) -> Mapping[str, Any]:
        found: dict[str, Any] = {}
        for project in {place.project for place, _ in named}:
            mine = [name for place, name in named if place.project == project]
            found |= self._get(project, mine)
        return found

    def _documents(self, end: End, cursor: str, upto: str | None, most: int) -> Iterator[Any]:
        client = self._clients(end.project)
        query = _query(client.collection(end.collection), cursor, upto).limit(most)
        parent, _ = query._parent._parent_info()
        answers = client._firestore_api.run_query(
            request={"parent": parent, "structured_query": query._to_protobuf()},
            metadata=client._rpc_metadata,
            retry=db.PATIENT,
            timeout=db.TIMEOUT_SECONDS,
        )
        for answer in answers:
            if "document" in answer:
                yield types.Document.pb(answer.document)


def _query(
    collection: firestore.CollectionReference, cursor: str, upto: str | None
) -> firestore.Query:
    query = collection.order_by("__name__")
    if cursor:
        query = query.start_after({"__name__": collection.document(cursor)})
    if upto:
        query = query.end_at({"__name__": collection.document(upto)})
    return query
