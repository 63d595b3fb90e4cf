"""Two projects of their own that no trigger watches: each test carries the events itself."""

import os
from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any, NamedTuple

import pytest
from google.cloud import firestore
from google.cloud.firestore_v1 import types
from google.events.cloud.firestore import DocumentEventData

from scripts.suite.counting import Costs, counted_client
from shared.kernel.clock import utc_now
from shared.kernel.settings import Settings, read_settings
from shared.sync.lost import Overruled
from shared.sync.models import Peer, Place
from shared.sync.refusals import DeadLetter
from shared.sync.routes import Mirrored
from shared.sync.scopes import Reading, scope_of
from shared.sync.service import Mirror
from shared.sync.store import Replicas
from tests.builders import unique

INSTANT = timedelta(microseconds=1)


class Event(NamedTuple):
    """The payload of a trigger, and its time."""

    data: bytes
    time: datetime


class Kept:
    """What a mirror keeps: the changes that it refused, and the writes that were lost."""

    def __init__(self) -> None:
        self.letters: list[DeadLetter] = []
        self.overruled: list[Overruled] = []

    def keep(self, letter: DeadLetter) -> None:
        self.letters.append(letter)

    def note(self, overruled: Overruled) -> None:
        self.overruled.append(overruled)


class Pair(Kept):
    """One document in two projects, the mirror between them, and the events of its users."""

    def __init__(self) -> None:
        super().__init__()
        aliases = {alias: unique(f"demo-{alias}") for alias in ("left", "right")}
        self.costs = Costs()
        self.settings: Settings = replace(read_settings(os.environ), projects=aliases)
        self.left, self.right = aliases.values()
        self.clients = {name: counted_client(name, self.costs) for name in aliases.values()}
        self.document_id = unique("case")
        self.events: list[Event] = []
        self.use()
        self.replicas = Replicas(self.clients.__getitem__, utc_now)
        self.mirror = Mirror(self.replicas, self, self, self.settings)

    def at(self, project: str, collection: str) -> Mirrored | None:
        other = self.right if project == self.left else self.left
        return Mirrored(self.scope, [Peer(other, "cases")], self.policies)

    def use(self, *fields: str, **policies: str) -> None:
        """From now on only these fields travel (none named: all), under these policies."""
        self.policies = policies
        reading = Reading("tenantId", frozenset(fields) or None, frozenset(policies.items()))
        self.scope = scope_of(reading, self.settings.alias)

    def place(self, project: str) -> Place:
        return Place(project, "cases", self.document_id)

    def reference(self, project: str) -> firestore.DocumentReference:
        return self.clients[project].collection("cases").document(self.document_id)

    def put(self, project: str, **fields: Any) -> None:
        self._write(project, lambda ref: ref.set({"tenantId": "t", **fields}).update_time)

    def update(self, project: str, **changes: Any) -> None:
        self._write(project, lambda ref: ref.update(changes).update_time)

    def delete(self, project: str) -> None:
        self._write(project, lambda ref: ref.delete())

    def tell(self, event: Event) -> None:
        self.mirror.apply(event.data, unique("event"), event.time)

    def settle(self) -> None:
        while self.events:
            self.tell(self.events.pop(0))

    def content(self, project: str) -> Mapping[str, Any] | None:
        found = self.reference(project).get().to_dict()
        return found and {n: v for n, v in found.items() if n not in ("_sync", "tenantId")}

    def both(self) -> Mapping[str, Any] | None:
        left, right = self.content(self.left), self.content(self.right)
        assert left == right
        return left

    def raw(self, project: str, at: datetime | None = None) -> Any | None:
        return case_of(self.clients[project], self.document_id, at)

    def _write(self, project: str, act: Callable[[firestore.DocumentReference], Any]) -> None:
        """Do what a user does, and note the event that a trigger would send: of that write alone.

        `act` says when it was done.
        """
        at = act(self.reference(project))
        before, after = self.raw(project, at - INSTANT), self.raw(project, at)
        self.events.append(event_of(before, after))

    def watch(self, project: str, act: Callable[[firestore.DocumentReference], Any]) -> None:
        """The same of whatever is done, where nobody else writes meanwhile."""
        before = self.raw(project)
        act(self.reference(project))
        self.events.append(event_of(before, self.raw(project)))


def case_of(client: firestore.Client, document_id: str, at: datetime | None = None) -> Any | None:
    """The stored document as protobuf, as it is or was."""
    name = f"{client._database_string}/documents/cases/{document_id}"
    request = {"database": client._database_string, "documents": [name], "read_time": at}
    answers = client._firestore_api.batch_get_documents(
        request=request, metadata=client._rpc_metadata
    )
    found = [types.Document.pb(answer.found) for answer in answers if "found" in answer]
    return found[0] if found else None


def event_of(old: Any | None, new: Any | None) -> Event:
    """What a trigger sends, now."""
    found = DocumentEventData.pb()()
    for target, version in ((found.old_value, old), (found.value, new)):
        if version is not None:
            target.MergeFromString(version.SerializeToString())
    return Event(found.SerializeToString(), utc_now())


@pytest.fixture
def pair() -> Pair:
    return Pair()
