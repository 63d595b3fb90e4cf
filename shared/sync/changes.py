"""What a change says: what was edited, at which stamp, and what its writer had seen."""

from collections.abc import Mapping
from dataclasses import replace

from shared.sync.echoes import written_here
from shared.sync.lattice import front_of
from shared.sync.marks import awaited, displayed_at, hidden_from, replica_at, was_displayed
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
from shared.sync.policies import Edit
from shared.sync.registers import kind_of
from shared.sync.scopes import EVERYTHING, Scope
from shared.sync.stamps import Stamp, is_ahead, node_of, stamp_above, stamp_at


def said_by(
    change: Change, node: str, home: Found | None = None, scope: Scope = EVERYTHING
) -> Replica:
    """The change as a replica. What it changed gets a new stamp, above all that its writer knew.

    Every delivery says the same. Only a deletion asks what stands at `home` now.
    """
    basis, knew = _basis(change.old, node, scope), displayed_at(change.old, node)
    if change.new is None:
        return Replica(deleted=_deleted(change, node, home, basis), knew=knew)
    changed = edited_fields(change)
    if not changed:
        return basis
    minted = _given(change, node, basis) or minted_at(change.new.updated // 1000, node, basis)
    cells = _written(basis, change, node, scope)
    written = {name: (Cell(minted, minted, value, knew),) for name, value in cells.items()}
    return Replica(_sighted(basis, change, minted) | written, basis.deleted, basis.knew)


def says_itself(change: Change, said: Replica, node: str, scope: Scope) -> bool:
    """Whether its writer stamped it, so that its own document knows already all that it says."""
    if written_here(change, node) is None:
        return False
    return replica_at(change.new, scope, node) == said


def travels(change: Change, seen: Change) -> bool:
    """Whether of the change, as its scope sees it, anybody has to hear, were it as waited for."""
    old, new = seen.old, seen.new
    if old is None or new is None or not edited_fields(change):
        return True
    return bool(edited_fields(seen) or old.marks != new.marks or awaited(new))


def edited_fields(change: Change) -> set[str]:
    before = change.old.fields if change.old else NOTHING
    after = change.new.fields if change.new else NOTHING
    return {name for name, _ in before.items() ^ after.items()}


def minted_at(moment_us: int, node: str, basis: Replica) -> Stamp:
    """The stamp of a write at this moment over what is known."""
    return stamp_above(moment_us, node, _stamps(basis))


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


def _given(change: Change, node: str, basis: Replica) -> Stamp | None:
    """The stamp that its writer gave the change, if it is one that could have been minted."""
    write = written_here(change, node)
    if write is None or write.by_engine or change.new is None or change.new.marks is None:
        return None
    latest = max(change.new.marks.stamps.values())
    return latest if node_of(latest) == node and latest > max(_stamps(basis)) else None


def _basis(old: Version | None, node: str, scope: Scope) -> Replica:
    """What the writer saw. What nobody has told of yet is dated by the version it came with."""
    known = replica_at(old, scope, node)
    if old is None or all(front[0].seen for front in known.cells.values()):
        return known
    dated = stamp_above((awaited(old) or old.updated) // 1000, node, _stamps(known))
    return replace(known, cells={name: _dated(f, dated) for name, f in known.cells.items()})


def _dated(front: Front, dated: Stamp) -> Front:
    return (Cell(front[0].stamp or dated, dated, front[0].value, front[0].knew),)


def _stamps(replica: Replica) -> set[Stamp]:
    cells = [cell for front in replica.cells.values() for cell in front]
    return {cell.stamp for cell in cells} | {cell.seen for cell in cells} | {replica.deleted}


def _written(basis: Replica, change: Change, node: str, scope: Scope) -> dict[str, bytes | None]:
    """The registers that the change writes, by the policies of the fields that it edits."""
    known = scope.registers(basis) if scope.policies else {}
    before, after = change.old.fields if change.old else NOTHING, _fields(change.new)
    written: dict[str, bytes | None] = {}
    for name in edited_fields(change):
        edit = Edit(name, before.get(name), after.get(name), node)
        written |= scope.written(edit, known.get(name, {}))
    return written


def _sighted(basis: Replica, change: Change, minted: Stamp) -> dict[str, Front]:
    """All that stood there unchanged, as seen by the writer now."""
    stored = _fields(change.new)
    unseen = hidden_from(change.old) if change.old else NOTHING
    return {
        name: _aside(front, minted, stored.get(name), change.old)
        if change.old and name in unseen and front[0].value != stored.get(name)
        else (_seen(name, front[0], minted, stored),)
        for name, front in basis.cells.items()
    }


def _seen(name: str, cell: Cell, minted: Stamp, stored: Mapping[str, bytes]) -> Cell:
    value = cell.value if kind_of(name) else stored.get(name)
    return Cell(cell.stamp, minted, value, cell.knew)


def _aside(front: Front, minted: Stamp, stored: bytes | None, old: Version) -> Front:
    """What waits unseen beside a document is not what its writer saw there, but is not lost.

    Where it had been seen before, the user has changed it since, by a change that is still to come.
    """
    node = node_of(minted)
    if was_displayed(front[0], old, node):
        stamp = stamp_above(awaited(old) // 1000, node, {front[0].stamp})
        return (Cell(stamp, minted, stored, displayed_at(old, node)),)
    return front_of((*front, Cell(stamp_at(0, node), minted, stored)))


def _fields(version: Version | None) -> dict[str, bytes]:
    return dict(version.fields) if version else {}


def _deleted(change: Change, node: str, home: Found | None, basis: Replica) -> Stamp:
    given = _stamp_in(home.tombstone if home else None, change)
    now = home.document if home else None
    return given or minted_at(_deleted_us(change, now), node, basis)


def _stamp_in(tombstone: Tombstone | None, change: Change) -> Stamp | None:
    """The stamp that a product gave its own deletion of this very version."""
    over = tombstone.over if tombstone else 0
    return tombstone.deleted if tombstone and change.old and over == change.old.updated else None


def _deleted_us(change: Change, now: Version | None) -> int:
    """When it was deleted: after its last version, and before it was made anew.

    The emulator dates an event by its dispatch, which may be after that.
    """
    last = change.old.updated if change.old else 0
    made_anew = now.created // 1000 if now and now.created > last else change.time_us + 1
    return max(min(change.time_us, made_anew - 1), last // 1000 + 1)
