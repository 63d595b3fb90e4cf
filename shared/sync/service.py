"""Apply a change wherever its collection is mirrored, and stamp it where it was made."""

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime
from typing import Protocol

from shared.kernel.errors import Forbidden
from shared.kernel.settings import Settings
from shared.platform.documents import UnreadableEvent, read_change
from shared.platform.logs import log
from shared.sync import changes, conflicts, echoes, rules, tenancy
from shared.sync.documents import change_of
from shared.sync.lost import Overruled
from shared.sync.meeting import View, meeting
from shared.sync.models import Change, Found, Place, Replica, Version
from shared.sync.refusals import DeadLetter, Refused
from shared.sync.routes import Mirrored
from shared.sync.scopes import Scope
from shared.sync.settle import Outcome, Replicas, Settler
from shared.sync.telling import Telling, letter_of

Watch = Callable[[Change, Place, str], None]  # a change, the peer that knows of it, the tenant


class Routes(Protocol):
    def at(self, project: str, collection: str) -> Mirrored | None:
        """What is mirrored from there, and to whom; None where nothing is."""


class Records(Protocol):
    """What is kept of that which did not go as somebody wished."""

    def keep(self, letter: DeadLetter) -> None: ...

    def note(self, overruled: Overruled) -> None: ...


class Mirror:
    """Carries each change from its origin to every peer: fanned out, never chained."""

    def __init__(
        self,
        replicas: Replicas,
        routes: Routes,
        records: Records,
        settings: Settings,
        sleep: Callable[[float], None] = time.sleep,
        watch: Watch | None = None,
    ) -> None:
        self._replicas = replicas
        self._routes = routes
        self._records = records
        self._settings = settings
        self._sleep = sleep
        self._watch = watch

    def apply(self, data: bytes, event_id: str, at: datetime) -> None:
        """Once or often, in any order. What can never succeed becomes a dead letter."""
        try:
            change = read_change(data, event_id, at)
        except UnreadableEvent:
            self._give_up(DeadLetter("UNREADABLE_EVENT", event_id, data=data, at=at))
            return
        if change:
            self.mirror(change_of(change))

    def mirror(self, change: Change) -> None:
        """Tell the peers first, then the origin: whoever waits, waits for a peer."""
        try:
            node, mirrored = self._known(change.place)
        except Refused as refused:
            self._give_up(letter_of(change, change.place, refused))
            return
        if mirrored is None or echoes.says_nothing(change) or echoes.is_echo(change, node):
            return
        try:
            seen = mirrored.scope.change(change)
            if changes.travels(change, seen):
                self._tell(seen, mirrored, node)
        except Refused as refused:
            tenant = tenancy.tenant_text(change, mirrored.scope.tenant_field)
            self._give_up(letter_of(change, change.place, refused, tenant))

    def _tell(self, change: Change, mirrored: Mirrored, node: str) -> None:
        home = self._home(change, mirrored.scope)
        if echoes.is_own_removal(change, home.tombstone):
            return
        said = changes.said_by(change, node, home, mirrored.scope)
        telling = Telling(change, said, mirrored, node)
        told = self._told_to_all(telling)
        if (any(told) or not told) and not changes.says_itself(change, said, node, mirrored.scope):
            self._tell_origin(telling, home)

    def _home(self, change: Change, scope: Scope) -> Found:
        """The origin's document: as the event has it, if that tells all there is to know."""
        if change.old and change.new and change.new.marks:
            return Found(change.new)
        return scope.found(self._replicas.read(change.place, both=True))

    def _told_to_all(self, telling: Telling) -> list[bool]:
        """Raises what a peer has failed with, once every other one was told."""
        told, failures = [], []
        for place in telling.peers:
            try:
                told.append(self._told(place, telling))
            except Exception as failure:  # whatever one project's store says of itself
                failures.append(failure)
        if failures:
            raise failures[0]
        return told

    def _told(self, place: Place, telling: Telling) -> bool:
        """Whether the peer may know, and now does."""
        change, scope = telling.change, telling.mirrored.scope

        def decide(found: Found) -> Outcome:
            tenancy.check(change, found.document, scope.tenant_field)
            return self._decided(place, scope.found(found), telling.said, telling, None)

        told = self._settled(place, telling, decide, both=not (change.old and change.new))
        if told and self._watch:
            self._watch(change, place, telling.tenant_id)
        return told

    def _tell_origin(self, telling: Telling, home: Found) -> None:
        change, scope = telling.change, telling.mirrored.scope

        def decide(found: Found) -> Outcome:
            seen = scope.found(found)
            heard = changes.at_origin(seen, change, telling.said)
            return self._decided(change.place, seen, heard, telling, change.new)

        self._settled(change.place, telling, decide, both=True, found=home)

    def _decided(
        self,
        place: Place,
        found: Found,
        heard: Replica,
        telling: Telling,
        spoken: Version | None,
    ) -> Outcome:
        """What becomes of the document there; what that overrules is noted before it is done."""
        view = View(telling.mirrored.scope, self._node(place.project))
        met = meeting(found, heard, view)
        outcome = rules.decide(found, met, telling.change.time_us, spoken, view)
        for loss in conflicts.losses(found, met, outcome, spoken, view):
            self._records.note(telling.overruled(loss))
        return outcome

    def _settled(
        self,
        place: Place,
        telling: Telling,
        decide: Callable[[Found], Outcome],
        both: bool,
        found: Found | None = None,
    ) -> bool:
        change = telling.change
        try:
            node = self._node(place.project)
            settler = Settler(self._replicas, place, node, change.event_id, self._sleep)
            settler.settle(decide, both, found)
        except Refused as refused:
            self._give_up(letter_of(change, place, refused, telling.tenant_id))
            return False
        return True

    def _known(self, place: Place) -> tuple[str, Mirrored | None]:
        with _registered():
            routed = self._routes.at(place.project, place.collection)
        return self._node(place.project), routed

    def _node(self, project: str) -> str:
        with _registered():
            return self._settings.alias(project)

    def _give_up(self, letter: DeadLetter) -> None:
        log("WARNING", "not mirrored", cause=letter.cause, eventId=letter.event_id, to=letter.peer)
        self._records.keep(letter)


@contextmanager
def _registered() -> Iterator[None]:
    """A route outlives a project that is registered no more: its changes are kept meanwhile."""
    try:
        yield
    except Forbidden as unknown:
        raise Refused("UNREGISTERED_PROJECT") from unknown
