"""What becomes of a document that hears of a change."""

from collections.abc import Mapping
from dataclasses import replace
from typing import NamedTuple

from shared.sync.lattice import merge, news
from shared.sync.marks import awaited, displayed_at, marks_of, replica_at
from shared.sync.models import NOTHING, Bury, Found, Keep, Replica, Tombstone, Version
from shared.sync.policies import Shown
from shared.sync.registers import COUNT, is_counter_of, moved
from shared.sync.scopes import EVERYTHING, Scope

PATIENCE_US = 3_600_000_000  # a change that has not come after an hour is not waited for
REMOVED_KEPT = 16
NOBODY = Version(NOTHING, None, 0, 0)


class View(NamedTuple):
    """Whose document it is, and what of it travels. Found documents come as the scope sees them."""

    scope: Scope = EVERYTHING
    node: str = ""


class Meeting(NamedTuple):
    """What is known where a change is heard, what of that is news, and both together."""

    known: Replica
    fresh: Replica
    after: Replica


def meeting(found: Found, heard: Replica, view: View) -> Meeting:
    known, buried = _known(found, view)
    fresh = news(known, merge(buried, heard) if buried.deleted else heard)
    return Meeting(known, fresh, merge(known, fresh))


def decide(
    found: Found, met: Meeting, now_us: int, spoken: Version | None, view: View
) -> Keep | Bury | None:
    """What to make of the document; None when nothing is to be done.

    What its users wrote since waits for their own change, which is on its way: until then only
    the marks learn. `spoken` is the version that this change of theirs is about.
    """
    awaits = _awaits(found.document, now_us, spoken)
    if met.after.alive or awaits:
        kept = _kept(found.document, met, awaits, spoken, view)
        settled = _settled(found.document, awaits, spoken)
        wanted = met.fresh != Replica() or kept.changes or settled
        return _upgraded(kept, found.document, view) if wanted else None
    remove = found.document is not None
    return _buried(found, met.after, remove) if remove or met.fresh != Replica() else None


def _known(found: Found, view: View) -> tuple[Replica, Replica]:
    """What is known there, and what its tombstone adds: beside a document that is news to it."""
    stone = found.tombstone
    buried = Replica(deleted=stone.deleted, knew=stone.knew) if stone else Replica()
    if found.document is None:
        return buried, Replica()
    return replica_at(found.document, view.scope, view.node), buried


def _awaits(document: Version | None, now_us: int, spoken: Version | None) -> int:
    """The version whose change is still to come, if there is one worth waiting for."""
    if document is None or now_us - document.updated // 1000 > PATIENCE_US:
        return 0
    version = awaited(document)
    return version if spoken is None or spoken.updated < version else 0


def _settled(document: Version | None, awaits: int, spoken: Version | None) -> bool:
    """Whether what the document awaited has now been spoken."""
    return bool(spoken and document and awaited(document) and not awaits)


def _kept(
    document: Version | None, met: Meeting, awaits: int, spoken: Version | None, view: View
) -> Keep:
    before = document or NOBODY
    shown = view.scope.shown(met.after)
    if awaits:
        values = _sure(before, shown, spoken) if spoken else _counts(before, met, view)
    else:
        values = {n: shown[n].value if n in shown else None for n in {*before.fields, *shown}}
    changes = {name: value for name, value in values.items() if before.fields.get(name) != value}
    stored = {n: v for n, v in {**before.fields, **changes}.items() if v is not None}
    marks = marks_of(met.after, stored, awaits)
    displayed = displayed_at(document, view.node) if awaits else ()
    return Keep(changes, replace(marks, displayed=displayed, scope=view.scope.digest))


def _upgraded(kept: Keep, document: Version | None, view: View) -> Keep:
    """What is written anyway is written whole in the newest version of its schema."""
    lacks = view.scope.named if document is None else document.upgrade or NOTHING
    marks = replace(kept.marks, schema=view.scope.schema_version)
    return Keep({**lacks, **kept.changes}, marks)


def _sure(now: Version, shown: Mapping[str, Shown], spoken: Version) -> Mapping[str, bytes | None]:
    """The fields that nobody has touched since the version that is spoken of."""
    if now.created > spoken.updated:
        return {}
    then = spoken.fields
    return {n: s.value for n, s in shown.items() if then.get(n) == now.fields.get(n)}


def _counts(now: Version, met: Meeting, view: View) -> Mapping[str, bytes | None]:
    """Counts go on while they wait: what others added does not touch what is still to be told.

    What this project added itself stands there already, whoever told of it.
    """
    counters = [name for name in view.scope.policies if view.scope.kind(name) == COUNT]
    if not counters:
        return NOTHING
    mine = {n: f for n, f in met.known.cells.items() if is_counter_of(n, view.node)}
    others = {n: f for n, f in met.after.cells.items() if not is_counter_of(n, view.node)}
    before = view.scope.shown(met.known)
    after = view.scope.shown(replace(met.after, cells=others | mine))
    told = {name: before[name].value if name in before else None for name in counters}
    return {
        name: moved(now.fields.get(name), told[name], after[name].value)
        for name in counters
        if name in after
    }


def _buried(found: Found, after: Replica, remove: bool) -> Bury:
    stone = found.tombstone or Tombstone(after.deleted)
    removed = stone.removed
    if remove and found.document:
        removed = (*removed, found.document.updated)[-REMOVED_KEPT:]
    over = stone.over if stone.deleted == after.deleted else 0
    return Bury(Tombstone(after.deleted, removed, knew=after.knew, over=over), remove)
