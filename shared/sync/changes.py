"""What a change says, and to whom it needs no telling."""

from dataclasses import replace

from shared.sync.marks import awaited, replica_at
from shared.sync.models import (
    NOTHING,
    Cell,
    Change,
    Found,
    Front,
    Replica,
    Tombstone,
    Version,
)
from shared.sync.stamps import Stamp, is_ahead, stamp_above

YOUNG_NS = 5_000_000_000  # far longer than a commit takes, shorter than a copy is kept


def says_nothing(change: Change) -> bool:
    """A write without effect makes no new version; the emulator announces it all the same."""
    old, new = change.old, change.new
    return old is not None and new is not None and old.updated == new.updated


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


def said_by(change: Change, node: str, now: Version | None = None) -> Replica:
    """The change as a replica. What it changed gets a new stamp, above all that its writer knew.

    Every delivery says the same. Only a deletion asks what stands there `now`.
    """
    basis = _basis(change.old, node)
    if change.new is None:
        return Replica(deleted=stamp_above(_deleted_us(change, now), node, _stamps(basis)))
    changed = _changed(change.old, change.new)
    if not changed:
        return basis
    minted = stamp_above(change.new.updated // 1000, node, _stamps(basis))
    return _edited(basis, change.new, changed, minted)


def at_origin(found: Found, change: Change, said: Replica) -> Replica:
    """What the origin shall hear: nothing of a document that its users have deleted since.

    Their deletion is on its way and overrules all of it; telling would bring the document back.
    """
    now, spoke = found.document, change.new
    if spoke is None or _removed_since(found, spoke) or _is_ahead(said, spoke):
        return said
    return said if now and now.created <= spoke.updated else Replica()


def _is_ahead(said: Replica, spoke: Version) -> bool:
    """Whether a clock that runs ahead has told of this document: then no deletion is sure."""
    return is_ahead(max(_stamps(said)), spoke.updated // 1000)


def _removed_since(found: Found, spoke: Version) -> bool:
    removed = found.tombstone.removed if found.tombstone else ()
    return any(version >= spoke.updated for version in removed)


def _basis(old: Version | None, node: str) -> Replica:
    """What the writer saw. What nobody has told of yet is dated by the version it came with."""
    known = replica_at(old)
    if old is None or all(front[0].seen for front in known.cells.values()):
        return known
    dated = stamp_above((awaited(old) or old.updated) // 1000, node, _stamps(known))
    return replace(known, cells={name: _dated(f, dated) for name, f in known.cells.items()})


def _dated(front: Front, dated: Stamp) -> Front:
    return (Cell(front[0].stamp or dated, dated, front[0].value),)


def _stamps(replica: Replica) -> set[Stamp]:
    cells = [cell for front in replica.cells.values() for cell in front]
    return {cell.stamp for cell in cells} | {cell.seen for cell in cells} | {replica.deleted}


def _changed(old: Version | None, new: Version) -> set[str]:
    before = old.fields if old else NOTHING
    names = before.keys() | new.fields.keys()
    return {name for name in names if before.get(name) != new.fields.get(name)}


def _edited(basis: Replica, new: Version, changed: set[str], minted: Stamp) -> Replica:
    kept = {
        name: (Cell(front[0].stamp, minted, new.fields.get(name)),)
        for name, front in basis.cells.items()
        if name not in changed
    }
    written = {name: (Cell(minted, minted, new.fields.get(name)),) for name in changed}
    return Replica(kept | written, basis.deleted)


def _deleted_us(change: Change, now: Version | None) -> int:
    """When it was deleted: after its last version, and before it was made anew.

    The emulator dates an event by its dispatch, which may be after that.
    """
    last = change.old.updated if change.old else 0
    made_anew = now.created // 1000 if now and now.created > last else change.time_us + 1
    return max(min(change.time_us, made_anew - 1), last // 1000 + 1)
