"""What a sweep tells again: what the lost events of a document would have said, and what is known.

A change that nobody told of is found by the document itself: it has no marks, or fields without
one, or other content than the engine left there (`_sync.c`). What it was before follows from the
other side: fields with the same stamps had the same value.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import chain, combinations

from shared.kernel.ids import derived_id
from shared.sync.lattice import merge, news
from shared.sync.marks import UNMARKED, awaited, content_of, replica_at
from shared.sync.models import (
    NOTHING,
    Change,
    Knowledge,
    Marks,
    Place,
    Replica,
    Tombstone,
    Version,
)
from shared.sync.registers import field_of
from shared.sync.rules import NOBODY
from shared.sync.scopes import EVERYTHING, Scope
from shared.sync.stamps import NEVER, Stamp, covers, is_ahead, node_of, physical_us

MOST_TRIED = 8  # fields, and thus 256 digests
LONG_AGO = 1  # no write of the engine replaced such a version, so this is no echo

Before = Mapping[str, bytes | None]  # what fields held: None is nothing


@dataclass(frozen=True, slots=True)
class Held:
    """What one side of a route holds of a document."""

    place: Place
    version: Version | None = None
    tombstone: Tombstone | None = None
    scope: Scope = EVERYTHING


def to_tell(one: Held, other: Held, run_id: str) -> Sequence[Change]:
    """What each side has to say to the other, in the order in which it was meant to be heard.

    Lost changes come first and oldest first, as their own events would have come: then a side
    that is still to speak is waited for, and nothing of it is set back.
    """
    sides = ((one, other), (other, one))
    told = [(here, change) for here, there in sides if (change := _told(here, there, run_id))]
    told.sort(key=lambda one: (not _lost(one[0].version), one[1].time_us))
    return [change for _, change in told]


def mended_by(held: Held, run_id: str) -> bool:
    """Whether this run wrote the version: a page that comes again counts what it did before."""
    marks = held.version.marks if held.version else None
    return bool(marks and marks.write and marks.write.event.startswith(f"{run_id}:"))


def _told(here: Held, there: Held, run_id: str) -> Change | None:
    version = here.version
    if version is None:
        return _deletion(here, there, run_id)
    if _lost(version):
        return _again(here, there, _before(here, version, there.version), run_id)
    if news(_known(there), _known(here)) != Replica():
        return _again(here, there, version, run_id)
    return None


def _lost(version: Version | None) -> bool:
    """Whether something in it was never told."""
    if version is None:
        return False
    return awaited(version) != 0 or not version.fields.keys() <= _marked(version)


def _known(held: Held) -> Replica:
    if held.version:
        return replica_at(held.version, held.scope)
    deleted, knew = _buried(held)
    return Replica(deleted=deleted, knew=knew)


def _buried(held: Held) -> tuple[Stamp, Knowledge]:
    return (held.tombstone.deleted, held.tombstone.knew) if held.tombstone else (NEVER, ())


def _again(here: Held, there: Held, before: Version, run_id: str) -> Change:
    """The change from what was before, at the time of its own event.

    Its user knew of every deletion that either side knows of: the document outlived them.
    """
    version, marks = here.version or before, before.marks or UNMARKED
    new = replace(version, updated=awaited(version) or version.updated)
    deleted, knew = max(_buried(here), _buried(there), (marks.deleted, marks.buried))
    marks = replace(marks, deleted=deleted, buried=knew)
    old = replace(before, marks=marks, updated=LONG_AGO)
    event = f"{run_id}:{_name(here.place, version.updated)}"
    return Change(here.place, event, new.updated // 1000, old, new)


def _deletion(here: Held, there: Held, run_id: str) -> Change | None:
    """What was deleted here, and stands there as nobody has seen it since."""
    version, tombstone = there.version, here.tombstone
    if version is None or tombstone is None or _lost(version):
        return None
    if merge(_known(here), _known(there)).alive:
        return None
    when = physical_us(tombstone.deleted)
    event = f"{run_id}:{_name(here.place, tombstone.updated)}"
    old = replace(version, updated=(when - 1) * 1000)
    return Change(here.place, event, when, old, None)


def _before(held: Held, here: Version, there: Version | None) -> Version:
    """What its user saw before the change that was lost: without marks, nothing."""
    if here.marks is None:
        return NOBODY
    ruled = replace(here, fields=_with(here.fields, _ruled(held, here)))
    return replace(here, fields=_with(ruled.fields, _reverted(ruled, here.marks, there)))


def _ruled(held: Held, here: Version) -> Before:
    """The fields under a policy as the marks have them: those know their values by themselves."""
    shown = held.scope.shown(replica_at(here, held.scope))
    return {name: shown[name].value for name in held.scope.policies if name in shown}


def _reverted(here: Version, marks: Marks, there: Version | None) -> Before:
    """The fields that were changed here, as they were.

    The digest of what the engine left says which of those that differ were changed here, and
    which there. Where there is none to go by, each that differs counts as changed here, unless
    the other side says something later of it.
    """
    bare, candidates = _bare(here), _candidates(here, there)
    if marks.awaits:  # then the digest is of what the user wrote, and what others said is hidden
        shown = {name: value for name, value in candidates.items() if name not in marks.hidden}
        return shown | _displayed(marks) or _differing(here, there)
    for some in _choices(candidates):
        if content_of(_with(here.fields, some)) == marks.content:
            return {**some, **bare}
    return {**_differing(here, there), **candidates, **bare}


def _displayed(marks: Marks) -> dict[str, bytes | None]:
    """What waits hidden, and was displayed before: its user has changed it since."""
    node = marks.write.node if marks.write else ""
    return {
        name: front[0].value
        for name, front in marks.hidden.items()
        if node_of(front[0].stamp) == node or covers(marks.displayed, front[0].stamp)
    }


def _candidates(here: Version, there: Version | None) -> dict[str, bytes | None]:
    """Fields that both sides knew alike and hold different, as they were; and those unmarked."""
    mine, theirs = replica_at(here), replica_at(there)
    alike = [n for n, f in mine.cells.items() if f[0].stamp and f[0].stamp == _stamp(theirs, n)]
    held = there.fields if there else NOTHING
    return {n: held.get(n) for n in alike if held.get(n) != here.fields.get(n)} | _bare(here)


def _differing(here: Version, there: Version | None) -> Before:
    marked = here.marks.stamps if here.marks else NOTHING
    held, theirs, when = there.fields if there else NOTHING, replica_at(there), awaited(here)
    older = [name for name in marked if not is_ahead(_stamp(theirs, name), when // 1000)]
    return {name: held.get(name) for name in older if held.get(name) != here.fields.get(name)}


def _stamp(replica: Replica, name: str) -> Stamp:
    front = replica.cells.get(name)
    return front[0].stamp if front else NEVER


def _bare(here: Version) -> dict[str, bytes | None]:
    return {name: None for name in here.fields if name not in _marked(here)}


def _marked(version: Version) -> set[str]:
    """The fields that somebody has told of."""
    return {field_of(name) for name in version.marks.stamps} if version.marks else set()


def _choices(candidates: Before) -> Sequence[Before]:
    """Any of them may have been changed here, all of them first."""
    items = list(candidates.items())
    if len(items) > MOST_TRIED:
        return [candidates]
    sizes = range(len(items), -1, -1)
    return [dict(some) for some in chain.from_iterable(combinations(items, n) for n in sizes)]


def _with(fields: Mapping[str, bytes], other: Before) -> Mapping[str, bytes]:
    return {name: value for name, value in {**fields, **other}.items() if value is not None}


def _name(place: Place, updated: int) -> str:
    return derived_id(place.project, place.path, str(updated))
