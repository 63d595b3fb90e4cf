"""What a change says, and what becomes of a document that hears it: pure decisions."""

from collections.abc import Mapping
from dataclasses import replace

from shared.sync.lattice import marks_of, merge, news, replica_of
from shared.sync.models import (
    NOTHING,
    Bury,
    Cell,
    Change,
    Found,
    Keep,
    Marks,
    News,
    Replica,
    Tombstone,
    Version,
)
from shared.sync.stamps import NEVER, Stamp, is_ahead, stamp_above

YOUNG_NS = 5_000_000_000  # far longer than a commit takes, shorter than a copy is kept
REMOVED_KEPT = 16
UNMARKED = Marks({})


def says_nothing(change: Change) -> bool:
    """A write without effect; the emulator announces those too."""
    old, new = change.old, change.new
    return (
        old is not None
        and new is not None
        and (old.fields, old.marks)
        == (
            new.fields,
            new.marks,
        )
    )


def is_echo(change: Change, node: str) -> bool:
    """Whether the engine wrote this very version here: its mark names the version it replaced.

    Nobody who writes an old copy back can hit that. Over nothing there is no version to name;
    there the server's own time in the mark must be that of the creation.
    """
    write = change.new.marks.write if change.new and change.new.marks else None
    if change.new is None or write is None or write.node != node:
        return False
    if change.old is not None:
        return write.over == change.old.updated
    return write.over == 0 and 0 <= change.new.created - write.at <= YOUNG_NS


def is_own_removal(change: Change, tombstone: Tombstone | None) -> bool:
    """Whether the engine deleted this very version."""
    removed = tombstone.removed if tombstone else ()
    return change.new is None and change.old is not None and change.old.updated in removed


def said_by(change: Change, node: str) -> News:
    """The change as a replica. What it changed gets a new stamp, above all that its writer knew."""
    basis = replica_at(change.old)
    if change.new is None:
        return _deletion(change, basis, node)
    changed = _changed(change.old, change.new)
    if not changed:
        return News(basis)
    minted = stamp_above(change.new.updated // 1000, node, _stamps(basis))
    return News(_edited(basis, change.new, changed, minted), minted)


def replica_at(version: Version | None) -> Replica:
    """What a stored version knows; without marks, nothing but its values."""
    if version is None:
        return Replica()
    return replica_of(version.marks or UNMARKED, dict(version.fields))


def known_at(found: Found) -> Replica:
    buried = replica_of(found.tombstone.marks, {}) if found.tombstone else Replica()
    return merge(replica_at(found.document), buried)


def decide(found: Found, heard: Replica, own: int = 0) -> Keep | Bury | None:
    """What becomes of a document that hears this; None when it knew.

    A document without marks waits for its own writer's change: it is removed only when the
    version `own` is the one that spoke.
    """
    known = known_at(found)
    fresh = news(known, heard)
    after = merge(known, fresh)
    if after.alive:
        return _kept(found.document, after, fresh) if fresh != Replica() else None
    document = found.document
    remove = document is not None and (document.marks is not None or document.updated <= own)
    return _buried(found, after, remove) if remove or fresh != Replica() else None


def at_origin(found: Found, change: Change, said: News) -> Replica:
    """What the origin itself shall hear: its later edits are not undone before they arrive."""
    now, spoke = found.document, change.new
    if spoke is None or is_ahead(said.minted):
        return said.replica
    if now is None or now.created > spoke.updated:
        return _as_if_deleted(found, spoke, said)
    return replace(said.replica, cells=_with_later_edits(now, spoke, said))


def _as_if_deleted(found: Found, spoke: Version, said: News) -> Replica:
    """Its user deleted the document since, so a deletion above the minted stamp is on its way."""
    removed = found.tombstone.removed if found.tombstone else ()
    by_engine = any(version >= spoke.updated for version in removed)
    deleted = max(said.replica.deleted, NEVER if by_engine else said.minted)
    return replace(said.replica, deleted=deleted)


def _with_later_edits(now: Version, spoke: Version, said: News) -> Mapping[str, Cell]:
    return {
        name: replace(cell, value=now.fields.get(name))
        if cell.stamp == said.minted and _stamp(now, name) <= _stamp(spoke, name)
        else cell
        for name, cell in said.replica.cells.items()
    }


def _stamp(version: Version, name: str) -> Stamp:
    return version.marks.stamps.get(name, NEVER) if version.marks else NEVER


def _stamps(replica: Replica) -> set[Stamp]:
    cells = replica.cells.values()
    return {cell.stamp for cell in cells} | {cell.seen for cell in cells} | {replica.deleted}


def _changed(old: Version | None, new: Version) -> set[str]:
    before = old.fields if old else NOTHING
    names = before.keys() | new.fields.keys()
    return {name for name in names if before.get(name) != new.fields.get(name)}


def _edited(basis: Replica, new: Version, changed: set[str], minted: Stamp) -> Replica:
    kept = {n: replace(c, seen=minted) for n, c in basis.cells.items() if n not in changed}
    written = {name: Cell(minted, minted, new.fields.get(name)) for name in changed}
    return Replica(kept | written, basis.deleted)


def _deletion(change: Change, basis: Replica, node: str) -> News:
    after_old = change.old.updated // 1000 + 1 if change.old else 0
    deleted = stamp_above(max(change.time_us, after_old), node, _stamps(basis))
    return News(merge(basis, Replica(deleted=deleted)), deleted)


def _kept(document: Version | None, after: Replica, fresh: Replica) -> Keep:
    stored = document.fields if document else NOTHING
    ruled = {n: c.value for n, c in after.cells.items() if c.stamp or n in fresh.cells}
    changes = {name: value for name, value in ruled.items() if stored.get(name) != value}
    return Keep(changes, marks_of(after))


def _buried(found: Found, after: Replica, remove: bool) -> Bury:
    removed = found.tombstone.removed if found.tombstone else ()
    if remove and found.document:
        removed = (*removed, found.document.updated)[-REMOVED_KEPT:]
    return Bury(Tombstone(marks_of(after), removed), remove)
