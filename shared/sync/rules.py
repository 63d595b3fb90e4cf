"""What becomes of a document that hears of a change."""

from dataclasses import replace

from shared.sync.keeping import kept
from shared.sync.marks import awaited
from shared.sync.meeting import Meeting, View
from shared.sync.models import NOTHING, Bury, Found, Keep, Replica, Tombstone, Version

PATIENCE_US = 3_600_000_000  # a change that has not come after an hour is not waited for
REMOVED_KEPT = 16


def decide(
    found: Found, met: Meeting, now_us: int, spoken: Version | None, view: View
) -> Keep | Bury | None:
    """What to make of the document; None when nothing is to be done.

    What its users wrote since waits for their own change, which is on its way: until then only
    the marks learn. `spoken` is the version that this change of theirs is about.
    """
    awaits = _awaits(found.document, now_us, spoken)
    if met.after.alive or awaits:
        keep = kept(found.document, met, awaits, spoken, view)
        settled = _settled(found.document, awaits, spoken)
        wanted = met.fresh != Replica() or keep.changes or settled
        return _upgraded(keep, found.document, view) if wanted else None
    remove = found.document is not None
    return _buried(found, met.after, remove) if remove or met.fresh != Replica() else None


def _awaits(document: Version | None, now_us: int, spoken: Version | None) -> int:
    """The version whose change is still to come, if there is one worth waiting for."""
    version = awaited(document) if document else 0
    if not version or now_us - version // 1000 > PATIENCE_US:
        return 0
    return version if spoken is None or spoken.updated < version else 0


def _settled(document: Version | None, awaits: int, spoken: Version | None) -> bool:
    """Whether what the document awaited has now been spoken."""
    return bool(spoken and document and awaited(document) and not awaits)


def _upgraded(keep: Keep, document: Version | None, view: View) -> Keep:
    """What is written anyway is written whole in the newest version of its schema."""
    lacks = view.scope.named if document is None else document.upgrade or NOTHING
    marks = replace(keep.marks, schema=view.scope.schema_version)
    return Keep({**lacks, **keep.changes}, marks)


def _buried(found: Found, after: Replica, remove: bool) -> Bury:
    stone = found.tombstone or Tombstone(after.deleted)
    removed = stone.removed
    if remove and found.document:
        removed = (*removed, found.document.updated)[-REMOVED_KEPT:]
    over = stone.over if stone.deleted == after.deleted else 0
    return Bury(Tombstone(after.deleted, removed, knew=after.knew, over=over), remove)
