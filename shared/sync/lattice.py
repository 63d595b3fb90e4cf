"""The merge of replicas: a join, so that any order and any number of deliveries end alike.

A field is a front of cells: those that no other beats in both its stamp and its sighting. The
latest stamp shows; the others wait for a deletion that would take it away, so that a document
that is edited after its deletion comes back whole, as its editor saw it. What nobody saw after
the deletion is dropped for good, and that is safe: whatever it beats, the deletion drops as well.
"""

from collections.abc import Iterable

from shared.sync.models import Cell, Front, Replica
from shared.sync.stamps import NEVER, Stamp


def merge(one: Replica, other: Replica) -> Replica:
    """What both know together: commutative, associative and idempotent."""
    deleted = max(one.deleted, other.deleted)
    fronts = {
        name: front_of((*one.cells.get(name, ()), *other.cells.get(name, ())), deleted)
        for name in one.cells.keys() | other.cells.keys()
    }
    return Replica({name: front for name, front in fronts.items() if front}, deleted)


def front_of(cells: Iterable[Cell], deleted: Stamp = NEVER) -> Front:
    """The unbeaten cells that were seen after the deletion, latest stamp first."""
    found: list[Cell] = []
    for cell in sorted(cells, key=lambda cell: cell.rank, reverse=True):
        if _outlives(cell, deleted) and not _beaten(cell, found):
            found.append(cell)
    return tuple(found)


def news(known: Replica, heard: Replica) -> Replica:
    """What was heard and not known: nothing, if the merge would change nothing."""
    deleted = heard.deleted if heard.deleted > known.deleted else NEVER
    fronts = {name: _unknown(known, name, front) for name, front in heard.cells.items()}
    return Replica({name: front for name, front in fronts.items() if front}, deleted)


def _unknown(known: Replica, name: str, heard: Front) -> Front:
    mine = known.cells.get(name, ())
    return tuple(c for c in heard if _outlives(c, known.deleted) and not _beaten(c, mine))


def _outlives(cell: Cell, deleted: Stamp) -> bool:
    return not deleted or cell.seen > deleted


def _beaten(cell: Cell, others: Iterable[Cell]) -> bool:
    return any(other.seen >= cell.seen and other.rank >= cell.rank for other in others)
