"""What becomes of a document that hears of a change."""

from shared.sync.lattice import merge, news
from shared.sync.marks import awaited, marks_of, replica_at
from shared.sync.models import NOTHING, Bury, Found, Keep, Replica, Tombstone, Version

PATIENCE_US = 3_600_000_000  # a change that has not come after an hour is not waited for
REMOVED_KEPT = 16
NOBODY = Version(NOTHING, None, 0, 0)


def decide(
    found: Found, heard: Replica, now_us: int, spoken: Version | None = None
) -> Keep | Bury | None:
    """What to make of the document; None when nothing is to be done.

    What its users wrote since waits for their own change, which is on its way: until then only
    the marks learn. `spoken` is the version that this change of theirs is about.
    """
    known, buried = _known(found)
    fresh = news(known, merge(buried, heard))
    after = merge(known, fresh)
    awaits = _awaits(found.document, now_us, spoken)
    if after.alive or awaits:
        kept = _kept(found.document, after, awaits, spoken)
        changed = fresh != Replica() or kept.changes or _settled(found.document, awaits, spoken)
        return kept if changed else None
    remove = found.document is not None
    return _buried(found, after, remove) if remove or fresh != Replica() else None


def _known(found: Found) -> tuple[Replica, Replica]:
    """What is known there, and what its tombstone adds: beside a document that is news to it."""
    buried = Replica(deleted=found.tombstone.deleted) if found.tombstone else Replica()
    if found.document is None:
        return buried, Replica()
    return replica_at(found.document), buried


def _awaits(document: Version | None, now_us: int, spoken: Version | None) -> int:
    """The version whose change is still to come, if there is one worth waiting for."""
    if document is None or now_us - document.updated // 1000 > PATIENCE_US:
        return 0
    version = awaited(document)
    return version if spoken is None or spoken.updated < version else 0


def _settled(document: Version | None, awaits: int, spoken: Version | None) -> bool:
    """Whether what the document awaited has now been spoken."""
    return bool(spoken and document and awaited(document) and not awaits)


def _kept(document: Version | None, after: Replica, awaits: int, spoken: Version | None) -> Keep:
    before = document or NOBODY
    names = before.fields.keys() | after.cells.keys()
    sure = {n for n in after.cells if _unchanged_since(spoken, before, n)}
    ruled = sure if awaits else names
    shown = {name: after.cells[name][0].value if name in after.cells else None for name in ruled}
    changes = {name: value for name, value in shown.items() if before.fields.get(name) != value}
    stored = {n: v for n, v in {**before.fields, **changes}.items() if v is not None}
    return Keep(changes, marks_of(after, stored, awaits))


def _unchanged_since(spoken: Version | None, now: Version, name: str) -> bool:
    if spoken is None or now.created > spoken.updated:
        return False
    return spoken.fields.get(name) == now.fields.get(name)


def _buried(found: Found, after: Replica, remove: bool) -> Bury:
    removed = found.tombstone.removed if found.tombstone else ()
    if remove and found.document:
        removed = (*removed, found.document.updated)[-REMOVED_KEPT:]
    return Bury(Tombstone(after.deleted, removed), remove)
