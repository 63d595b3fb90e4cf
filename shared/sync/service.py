"""Apply a change wherever its collection is mirrored, and stamp it where it was made."""

import time
from collections.abc import Callable
from datetime import datetime
from typing import Protocol

from shared.kernel.settings import Settings
from shared.platform.documents import UnreadableEvent, read_change
from shared.platform.logs import log
from shared.sync import changes, rules, tenancy
from shared.sync.documents import change_of
from shared.sync.models import Change, DeadLetter, Found, Peer, Place, Refused, Replica
from shared.sync.settle import Outcome, Replicas, Settler


class Routes(Protocol):
    def peers(self, project: str, collection: str) -> list[Peer] | None:
        """Who shall hear of a change there; None where nothing is mirrored."""


class DeadLetters(Protocol):
    def keep(self, letter: DeadLetter) -> None: ...


class Mirror:
    """Carries each change from its origin to every peer: fanned out, never chained."""

    def __init__(
        self,
        replicas: Replicas,
        routes: Routes,
        dead_letters: DeadLetters,
        settings: Settings,
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        self._replicas = replicas
        self._routes = routes
        self._dead_letters = dead_letters
        self._settings = settings
        self._sleep = sleep

    def apply(self, data: bytes, event_id: str, at: datetime) -> None:
        """Once or often, in any order. What can never succeed becomes a dead letter."""
        try:
            change = read_change(data, event_id, at)
        except UnreadableEvent:
            self._give_up(DeadLetter("unreadable_event", event_id, data=data))
            return
        if change:
            self.mirror(change_of(change))

    def mirror(self, change: Change) -> None:
        """Tell the peers first, then the origin: whoever waits, waits for a peer."""
        peers = self._routes.peers(change.place.project, change.place.collection)
        node = self._node(change.place.project)
        if peers is None or changes.says_nothing(change) or changes.is_echo(change, node):
            return
        home = self._home(change)
        if changes.is_own_removal(change, home.tombstone):
            return
        said = changes.said_by(change, node, home.document)
        told = [peer for peer in peers if self._told(peer, change, said)]
        if told or not peers:
            self._tell_origin(change, said, home)

    def _home(self, change: Change) -> Found:
        """The origin's document: as the event has it, if that tells all there is to know."""
        if change.old and change.new and change.new.marks:
            return Found(change.new)
        return self._replicas.read(change.place, both=True)

    def _told(self, peer: Peer, change: Change, said: Replica) -> bool:
        """Whether the peer may know, and now does."""

        def decide(found: Found) -> Outcome:
            tenancy.check(change, found.document, peer.tenant_field)
            return rules.decide(found, said, change.time_us)

        place = Place(peer.project, peer.collection, change.place.document_id)
        return self._settled(place, change, decide, both=not (change.old and change.new))

    def _tell_origin(self, change: Change, said: Replica, home: Found) -> None:
        def decide(found: Found) -> Outcome:
            heard = changes.at_origin(found, change, said)
            return rules.decide(found, heard, change.time_us, change.new)

        self._settled(change.place, change, decide, both=True, found=home)

    def _settled(
        self,
        place: Place,
        change: Change,
        decide: Callable[[Found], Outcome],
        both: bool,
        found: Found | None = None,
    ) -> bool:
        node = self._node(place.project)
        settler = Settler(self._replicas, place, node, change.event_id, self._sleep)
        try:
            settler.settle(decide, both, found)
        except Refused as refused:
            self._give_up(_letter(change, place, refused))
            return False
        return True

    def _node(self, project: str) -> str:
        return self._settings.alias(project)

    def _give_up(self, letter: DeadLetter) -> None:
        log("WARNING", "not mirrored", cause=letter.cause, eventId=letter.event_id, to=letter.peer)
        self._dead_letters.keep(letter)


def _letter(change: Change, place: Place, refused: Refused) -> DeadLetter:
    origin = change.place
    return DeadLetter(
        refused.cause, change.event_id, origin.project, origin.path, place.project, change.raw
    )
