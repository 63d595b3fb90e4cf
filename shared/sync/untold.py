"""What a sweep tells again: what the lost events of a document would have said, and what is known.

A change that nobody told of is found by the document itself: it has no marks, or fields without
one, or other content than the engine left there (`_sync.c`).
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from shared.kernel.ids import derived_id
from shared.sync.contents import content_of
from shared.sync.keeping import NOBODY
from shared.sync.lattice import merge, news
from shared.sync.marks import UNMARKED, awaited, replica_at, told_at
from shared.sync.models import Change, Knowledge, Place, Replica, Tombstone, Version
from shared.sync.scopes import EVERYTHING, Scope
from shared.sync.sight import untold_fields
from shared.sync.stamps import NEVER, Stamp, physical_us

LONG_AGO = 1  # no write of the engine replaced such a version, so this is no echo


@dataclass(frozen=True, slots=True)
class Held:
    """What one side of a route holds of a document; `readable` if its schema's version is known."""

    place: Place
    version: Version | None = None
    tombstone: Tombstone | None = None
    scope: Scope = EVERYTHING
    readable: bool = True


def to_tell(one: Held, other: Held, run_id: str) -> Sequence[Change]:
    """What each side has to say to the other, in the order in which it was meant to be heard.

    Lost changes come first and oldest first, as their own events would have come: then a side
    that is still to speak is waited for, and nothing of it is set back. What cannot be read is told
    as it stands, and nothing else: the Mirror keeps it as a dead letter.
    """
    if not (one.readable and other.readable):
        return [_as_it_stands(held, run_id) for held in (one, other) if not held.readable]
    sides = ((one, other), (other, one))
    told = [(here, change) for here, there in sides if (change := _told(here, there, run_id))]
    told.sort(key=lambda one: (not _lost(one[0].version, one[0].scope), one[1].time_us))
    return [change for _, change in told]


def mended_by(held: Held, run_id: str) -> bool:
    """Whether this run wrote the version: a page that comes again counts what it did before."""
    marks = held.version.marks if held.version else None
    return bool(marks and marks.write and marks.write.event.startswith(f"{run_id}:"))


def _told(here: Held, there: Held, run_id: str) -> Change | None:
    version = here.version
    if version is None:
        return _deletion(here, there, run_id)
    if _lost(version, here.scope) or news(_known(there), _known(here)) != Replica():
        return _again(here, there, version, run_id)
    return None


def _lost(version: Version | None, scope: Scope) -> bool:
    """Whether something in it was never told."""
    if version is None:
        return False
    return awaited(version) != 0 or bool(untold_fields(version, scope))


def _known(held: Held) -> Replica:
    if held.version:
        return replica_at(held.version, held.scope)
    deleted, knew = _buried(held)
    return Replica(deleted=deleted, knew=knew)


def _buried(held: Held) -> tuple[Stamp, Knowledge]:
    return (held.tombstone.deleted, held.tombstone.knew) if held.tombstone else (NEVER, ())


def _again(here: Held, there: Held, version: Version, run_id: str) -> Change:
    """The changes that nobody told of, at the time of the last of their events.

    Its user knew of every deletion that either side knows of: the document outlived them.
    """
    marks, when = version.marks or UNMARKED, awaited(version) or version.updated
    deleted, knew = max(_buried(here), _buried(there), (marks.deleted, marks.buried))
    marks = replace(
        marks,
        deleted=deleted,
        buried=knew,
        told=told_at(version),
        content=content_of(version.fields),
        awaits=when,
    )
    old = replace(version, marks=marks, updated=LONG_AGO)
    new, event = replace(version, updated=when), f"{run_id}:{_name(here.place, version.updated)}"
    return Change(here.place, event, when // 1000, old, new)


def _as_it_stands(held: Held, run_id: str) -> Change:
    new = held.version or NOBODY
    event = f"{run_id}:{_name(held.place, new.updated)}"
    old = replace(new, updated=LONG_AGO)
    return Change(held.place, event, new.updated // 1000, old, new)


def _deletion(here: Held, there: Held, run_id: str) -> Change | None:
    """What was deleted here, and stands there as nobody has seen it since."""
    version, tombstone = there.version, here.tombstone
    if version is None or tombstone is None or _lost(version, there.scope):
        return None
    if merge(_known(here), _known(there)).alive:
        return None
    when = physical_us(tombstone.deleted)
    event = f"{run_id}:{_name(here.place, tombstone.updated)}"
    old = replace(version, updated=tombstone.over)  # so the tombstone itself tells
    return Change(here.place, event, when, old, None)


def _name(place: Place, updated: int) -> str:
    return derived_id(place.project, place.path, str(updated))
