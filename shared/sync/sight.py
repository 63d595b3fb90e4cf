"""What a document showed whoever wrote it next, and what of that its own users had written.

A field shows what it was told to show, or what a user made of it since. Digests of all told
values stand in the marks (`_sync.e`), so the two are told apart field by field.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from typing import NamedTuple

from shared.sync.lattice import front_of
from shared.sync.marks import awaited, rewritten, shown_of, shown_registers, told_of
from shared.sync.models import Cell, Front, Knowledge, Replica, Version
from shared.sync.policies import Edit
from shared.sync.registers import COUNT, field_of, part_of
from shared.sync.scopes import Scope
from shared.sync.stamps import NEVER, Stamp, latest_of_each, stamp_above, tagged


class Sight(NamedTuple):
    """All that is known where a document was read.

    `shown` are the cells that the told fields showed, `untold` those of what users wrote there,
    who wrote the last of it at `dated` and saw all the rest so.
    """

    known: Replica
    shown: Mapping[str, Cell]
    untold: Mapping[str, Cell]
    scope: Scope
    latest: Stamp
    dated: Stamp = NEVER

    @property
    def all(self) -> Replica:
        """With what nobody has told of yet, and as it was seen by whoever wrote that."""
        cells = dict(self.known.cells)
        for name, cell in {**self.shown, **self.untold}.items():
            sighted = replace(cell, seen=self.dated) if self.dated else cell
            if (sighted,) != cells.get(name):
                cells[name] = front_of((sighted, *cells.get(name, ())))
        return Replica(cells, self.known.deleted, self.known.knew)

    def minted(self, moment_us: int, node: str) -> Stamp:
        """The stamp of a write there: later writes have later ones, whatever is still untold."""
        return stamp_above(moment_us, node, (self.latest,))

    def cell(self, register: str) -> Cell | None:
        return self.untold.get(register) or self.shown.get(register)

    def seen_of(self, register: str, node: str) -> Knowledge:
        """What one who writes a register there has seen of others."""
        return latest_of_each(_stamps(self._beside(register)), node)

    @property
    def seen_of_all(self) -> Knowledge:
        """What one who deletes the document has seen: each write with its field."""
        seen = {
            tagged(stamp, part_of(register))
            for register in self.shown
            for stamp in _stamps(self._beside(register))
        }
        return tuple(sorted(seen))

    def _beside(self, register: str) -> Iterable[Cell]:
        """The cells that its field showed. The elements of a set do so each by itself."""
        field = field_of(register)
        cells = {n: c for n, c in self.shown.items() if part_of(n) == part_of(register)}
        if len(cells) < 2 or self.scope.kind(field) == COUNT:
            return cells.values()
        shown = self.scope.shown(Replica({name: (cell,) for name, cell in cells.items()}))
        cell = shown[field].cell if field in shown else None
        return [cell] if cell else cells.values()


def sight_of(
    version: Version | None, node: str, scope: Scope, brought: Version | None = None
) -> Sight:
    """What is written there is later than all that the writer knew, of a copy brought as well."""
    floor = max(stamps_in(told_of(brought))) if brought else NEVER
    if version is None:
        return Sight(Replica(), {}, {}, scope, floor)
    names, told = untold_fields(version, scope), told_of(version)
    shown = shown_of(told, version)
    latest = max(*stamps_in(told), *_stamps(shown.values()), floor)
    if not names:
        return Sight(told, shown, {}, scope, latest)
    cells = {name: _told(name, front, version, names) for name, front in told.cells.items()}
    known = Replica({n: f for n, f in cells.items() if f}, told.deleted, told.knew)
    sight = Sight(known, shown, {}, scope, latest)
    seen = (*_stamps(shown.values()), known.deleted, floor)
    dated = stamp_above(_when(version) // 1000, node, seen)
    written = _written(names, sight, version, node)
    untold = {n: Cell(dated, dated, v, sight.seen_of(n, node)) for n, v in written.items()}
    return sight._replace(untold=untold, dated=dated)


def untold_fields(version: Version, scope: Scope) -> set[str]:
    """The fields that users have written since somebody told of them."""
    return rewritten(version) | _unknown(version, scope)


def _unknown(version: Version, scope: Scope) -> set[str]:
    """The fields of which their policy knows nothing."""
    marks, names = version.marks, version.fields.keys()
    if marks and not scope.policies and names <= marks.stamps.keys() - marks.displayed.keys():
        return set()
    registers = (name for name in shown_registers(version) if scope.is_current(name))
    return names - {field_of(name) for name in registers}


def _told(name: str, front: Front, version: Version, untold: set[str]) -> Front:
    """Without the cell to which a value is ascribed that a user has replaced since."""
    if name not in untold or version.marks is None:
        return front
    hidden = version.marks.hidden.get(name, ())
    return tuple(cell for cell in front if cell in hidden)


def _written(names: set[str], sight: Sight, version: Version, node: str) -> dict[str, bytes | None]:
    scope, registers = sight.scope, sight.scope.registers(sight.known)
    before = scope.shown(Replica({name: (cell,) for name, cell in sight.shown.items()}))
    found: dict[str, bytes | None] = {}
    for name in names:
        was = before[name].value if name in before else None
        edit = Edit(name, was, version.fields.get(name), node)
        found |= scope.written(edit, registers.get(name, {}))
    return found


def _when(version: Version) -> int:
    return awaited(version) or version.updated


def stamps_in(replica: Replica) -> set[Stamp]:
    cells = [cell for front in replica.cells.values() for cell in front]
    return {cell.stamp for cell in cells} | {cell.seen for cell in cells} | {replica.deleted}


def _stamps(cells: Iterable[Cell]) -> Iterator[Stamp]:
    for cell in cells:
        yield from (cell.stamp, *cell.knew)
