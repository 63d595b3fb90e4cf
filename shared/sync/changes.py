"""What a change says: what was edited, at which stamp, and what its writer had seen."""

from shared.sync.echoes import written_here
from shared.sync.lattice import front_of
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
from shared.sync.policies import Edit
from shared.sync.scopes import EVERYTHING, Scope
from shared.sync.sight import Sight, sight_of, stamps_in
from shared.sync.stamps import NEVER, Stamp, clock_us, is_ahead, node_of, stamp_above


def said_by(
    change: Change, node: str, home: Found | None = None, scope: Scope = EVERYTHING
) -> Replica:
    """The change as a replica. What it changed gets a new stamp, above all that its writer knew.

    Every delivery says the same. Only a deletion asks what stands at `home` now.
    """
    sight = sight_of(change.old, node, scope, _brought(change))
    basis = sight.all
    if change.new is None:
        return _deletion(change, node, home, sight)
    if not edited_fields(change):
        return basis
    minted = _given(change, node, basis) or sight.minted(change.new.updated // 1000, node)
    written = {
        name: (Cell(minted, minted, value, sight.seen_of(name, node)),)
        for name, value in _written(basis, change, node, scope).items()
    }
    return Replica(_sighted(sight, basis, minted) | written, basis.deleted, basis.knew)


def _brought(change: Change) -> Version | None:
    """An old copy that its writer brought back: he knew all that its marks know."""
    old, new = change.old and change.old.marks, change.new and change.new.marks
    return change.new if new and not (old and old.stamps == new.stamps) else None


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
    return stamp_above(moment_us, node, stamps_in(basis))


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
    return is_ahead(max(stamps_in(said)), spoke.updated // 1000)


def _removed_since(found: Found, spoke: Version) -> bool:
    removed = found.tombstone.removed if found.tombstone else ()
    return any(version >= spoke.updated for version in removed)


def _given(change: Change, node: str, basis: Replica) -> Stamp | None:
    """The stamp that its writer gave the change, if it is one that could have been minted."""
    write = written_here(change, node)
    if write is None or write.by_engine or change.new is None or change.new.marks is None:
        return None
    latest = max(change.new.marks.stamps.values(), default=NEVER)
    return latest if node_of(latest) == node and latest > max(stamps_in(basis)) else None


def _written(basis: Replica, change: Change, node: str, scope: Scope) -> dict[str, bytes | None]:
    """The registers that the change writes, by the policies of the fields that it edits."""
    known = scope.registers(basis) if scope.policies else {}
    before, after = change.old.fields if change.old else NOTHING, _fields(change.new)
    written: dict[str, bytes | None] = {}
    for name in edited_fields(change):
        edit = Edit(name, before.get(name), after.get(name), node)
        written |= scope.written(edit, known.get(name, {}))
    return written


def _sighted(sight: Sight, basis: Replica, minted: Stamp) -> dict[str, Front]:
    """All that its writer saw unchanged, as seen now. What waits unseen beside it stays so."""
    return {name: _seen(front, sight.cell(name), minted) for name, front in basis.cells.items()}


def _seen(front: Front, cell: Cell | None, minted: Stamp) -> Front:
    if cell is None:
        return front
    sighted = Cell(cell.stamp, minted, cell.value, cell.knew)
    is_alone = front == (cell,) and cell.seen <= minted
    return (sighted,) if is_alone else front_of((sighted, *front))


def _fields(version: Version | None) -> dict[str, bytes]:
    return dict(version.fields) if version else {}


def _deletion(change: Change, node: str, home: Found | None, sight: Sight) -> Replica:
    stone = home.tombstone if home else None
    if stone and _tells_of(stone, change, node):
        return Replica(deleted=stone.deleted, knew=stone.knew)
    when = _deleted_us(change, home.document if home else None)
    return Replica(deleted=sight.minted(when, node), knew=sight.seen_of_all)


def _tells_of(stone: Tombstone, change: Change, node: str) -> bool:
    """Whether a product gave this deletion its stamp, or it was told before.

    What was made anew since may be gone by now, and the deletion would be dated otherwise.
    """
    last = change.old.updated if change.old else 0
    if stone.over == last:
        return True
    by_node = stone.deleted != NEVER and node_of(stone.deleted) == node
    return by_node and last // 1000 < clock_us(stone.deleted) <= change.time_us


def _deleted_us(change: Change, now: Version | None) -> int:
    """When it was deleted: after its last version, and before it was made anew.

    The emulator dates an event by its dispatch, which may be after that.
    """
    last = change.old.updated if change.old else 0
    made_anew = now.created // 1000 if now and now.created > last else change.time_us + 1
    return max(min(change.time_us, made_anew - 1), last // 1000 + 1)
