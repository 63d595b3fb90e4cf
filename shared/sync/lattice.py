"""The merge of replicas: a join, so that any order and any number of deliveries end alike.

A register is a front of cells: those that no other beats in both its stamp and its sighting. The
latest stamp shows; the others wait for a deletion that would take it away, so that a document
that is edited after its deletion comes back whole, as its editor saw it. What nobody saw after
the deletion is dropped for good, and that is safe: whatever it beats, the deletion drops as well.
"""

from collections.abc import Iterable

from shared.sync.models import Cell, Front, Replica
from shared.sync.stamps import NEVER, Stamp


def merge(one: Replica, other: Replica) -> Replica:
    """What both know together: commutative, associative and idempotent."""
    deleted, knew = max((one.deleted, one.knew), (other.deleted, other.knew))
    mine, theirs = one.cells, other.cells
    cells = {}
    for name in mine.keys() | theirs.keys():
        front = _joined(mine.get(name, ()), theirs.get(name, ()), deleted)
        if front:
            cells[name] = front
    return Replica(cells, deleted, knew)


def front_of(cells: Iterable[Cell], deleted: Stamp = NEVER) -> Front:
    """The unbeaten cells that were seen after the deletion, latest stamp first."""
    found: list[Cell] = []
    for cell in sorted(cells, key=lambda cell: cell.rank, reverse=True):
        if outlives(cell, deleted) and not _beaten(cell, found):
            found.append(cell)
    return tuple(found)


def news(known: Replica, heard: Replica) -> Replica:
    """What was heard and not known: nothing, if the merge would change nothing."""
    fronts = {name: _unknown(known, name, front) for name, front in heard.cells.items()}
    cells = {name: front for name, front in fronts.items() if front}
    if (heard.deleted, heard.knew) > (known.deleted, known.knew):
        return Replica(cells, heard.deleted, heard.knew)
    return Replica(cells)


def outlives(cell: Cell, deleted: Stamp) -> bool:
    return not deleted or cell.seen > deleted


def _joined(mine: Front, theirs: Front, deleted: Stamp) -> Front:
    if mine == theirs or not theirs:
        return _outliving(mine, deleted)
    if not mine:
        return _outliving(theirs, deleted)
    if len(mine) == len(theirs) == 1:
        return _outliving(_pair(mine, theirs), deleted)
    return front_of((*mine, *theirs), deleted)


def _pair(mine: Front, theirs: Front) -> Front:
    """The front of two cells: almost all there ever are."""
    first, second = (mine, theirs) if _outranks(mine[0], theirs[0]) else (theirs, mine)
    return first if first[0].seen >= second[0].seen else first + second


def _outranks(one: Cell, other: Cell) -> bool:
    if one.stamp != other.stamp:
        return one.stamp > other.stamp
    return one.rank > other.rank


def _outliving(front: Front, deleted: Stamp) -> Front:
    return front if not deleted else tuple(cell for cell in front if cell.seen > deleted)


def _unknown(known: Replica, name: str, heard: Front) -> Front:
    mine = known.cells.get(name, ())
    if mine == heard:
        return ()
    return tuple(c for c in heard if outlives(c, known.deleted) and not _beaten(c, mine))


def _beaten(cell: Cell, others: Iterable[Cell]) -> bool:
    return any(other.seen >= cell.seen and other.rank >= cell.rank for other in others)
