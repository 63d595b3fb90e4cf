"""The merge of replicas: a join, so that any order and any number of deliveries end alike.

Cells are joined field by field, the higher rank wins, and the later deletion stays. A cell that
nobody saw after the deletion loses its value but keeps its stamp. That loss is safe: such a value
could show again only through a cell of higher rank, which brings its value along.
"""

from dataclasses import replace

from shared.sync.models import Cell, Marks, Replica, Write
from shared.sync.stamps import NEVER


def merge(one: Replica, other: Replica) -> Replica:
    """What both know together: commutative, associative and idempotent."""
    deleted = max(one.deleted, other.deleted)
    names = one.cells.keys() | other.cells.keys()
    joined = Replica({name: _higher(one, other, name) for name in names}, deleted)
    return replace(joined, cells={n: _settled(joined, cell) for n, cell in joined.cells.items()})


def news(known: Replica, heard: Replica) -> Replica:
    """What is later than known in what was heard.

    Where only the sighting is later, the known value stays: if it differs, then because its
    writer's change is still on its way.
    """
    later = {name: cell for name, cell in heard.cells.items() if _later(known, name, cell)}
    deleted = heard.deleted if heard.deleted > known.deleted else NEVER
    return Replica({name: _unflipped(known, name, later[name]) for name in later}, deleted)


def marks_of(replica: Replica, write: Write | None = None) -> Marks:
    """The replica without its values, as `_sync` and tombstones keep it."""
    stamped = {name: cell for name, cell in replica.cells.items() if cell.stamp}
    stamps = {name: cell.stamp for name, cell in stamped.items()}
    latest = max(stamps.values(), default=NEVER)
    seen = {name: cell.seen for name, cell in stamped.items() if cell.seen != latest}
    return Marks(stamps, seen, replica.deleted, write)


def replica_of(marks: Marks, values: dict[str, bytes]) -> Replica:
    """The replica of these marks and values. A value without a stamp counts as never stamped."""
    latest = max(marks.stamps.values(), default=NEVER)
    stamped = {
        name: Cell(stamp, marks.seen.get(name, latest), values.get(name))
        for name, stamp in marks.stamps.items()
    }
    bare = {name: Cell(NEVER, NEVER, value) for name, value in values.items()}
    return Replica(bare | stamped, marks.deleted)


def _higher(one: Replica, other: Replica, name: str) -> Cell:
    found = [replica.cells[name] for replica in (one, other) if name in replica.cells]
    return max(found, key=lambda cell: cell.rank)


def _settled(replica: Replica, cell: Cell) -> Cell:
    return cell if cell.value is None or replica.shows(cell) else replace(cell, value=None)


def _later(known: Replica, name: str, cell: Cell) -> bool:
    mine = known.cells.get(name)
    return mine is None or (cell.stamp, cell.seen) > (mine.stamp, mine.seen)


def _unflipped(known: Replica, name: str, cell: Cell) -> Cell:
    mine = known.cells.get(name)
    same = mine is not None and mine.stamp == cell.stamp and known.shows(mine)
    return replace(cell, value=mine.value) if mine is not None and same else cell
