"""Which user writes the engine takes out of a document: none goes without a trace.

A user's write stands in his own document from the moment on that he made it. It is lost when
something takes it out there: another user, who sees it, or the engine. So it is enough to look at
what the engine changes in a document that its own users have written: that is noted, unless
whoever wrote what shows instead has seen the very write that goes.
"""

from collections.abc import Mapping, Sequence

from shared.sync.contents import digest_of
from shared.sync.echoes import is_brought
from shared.sync.keeping import is_counted_on, is_said
from shared.sync.lost import Loss, Side
from shared.sync.marks import awaited, shown_at
from shared.sync.meeting import Meeting, View
from shared.sync.models import (
    NOTHING,
    Bury,
    Cell,
    Fields,
    Found,
    Keep,
    Replica,
    Version,
)
from shared.sync.registers import COUNT, SET, field_of, is_number, key
from shared.sync.scopes import Scope
from shared.sync.sight import untold_fields
from shared.sync.stamps import COUNTERS, NEVER, node_of, stamp_at, tagged

Lost = tuple[Cell, Cell]  # what shows instead, and what a user had written


def losses(
    found: Found, met: Meeting, outcome: Keep | Bury | None, spoken: Version | None, view: View
) -> list[Loss]:
    """What is lost by the outcome: told anew, a write is lost under the same stamp."""
    document = found.document
    if document is None or outcome is None:
        return []
    after = _after(document, outcome)
    names = document.fields.keys() | after.keys()
    changed = sorted(n for n in names if document.fields.get(n) != after.get(n))
    taken = Taken(document, after, met, spoken, view) if changed else None
    return [loss for name in changed if taken and (loss := taken.loss(name))]


class Taken:
    """A document, and the fields that the engine is about to make of it."""

    def __init__(
        self, document: Version, after: Fields, met: Meeting, spoken: Version | None, view: View
    ) -> None:
        self._before = document
        self._after = after
        self._met = met
        self._view = view
        self._spoken = spoken
        self._shown = shown_at(document)
        self._untold = _of_users(document, view.scope)
        self._unsaid = set() if is_said(document, spoken) else self._untold

    def loss(self, name: str) -> Loss | None:
        """What is lost of a field whose value changes."""
        lost = self._lost(name)
        if lost is None:
            return None
        winner, loser = (cell.stamp for cell in lost)
        before, after = self._before.fields.get(name), self._after.get(name)
        return Loss(name, Side(winner, after), Side(loser, before))

    def _lost(self, name: str) -> Lost | None:
        kind = self._view.scope.kind(name)
        if kind not in (SET, COUNT):
            return self._of_value(name)
        if name in self._unsaid and not (kind == COUNT and self._goes_on(name)):
            return self._winner(name), self._nameless(name)
        return self._of_set(name) if kind == SET else self._of_count(name)

    def _of_value(self, name: str) -> Lost | None:
        written, winner = self._written(name), self._winner(name)
        if written and not any(_knew(winner, cell, name) for cell in written):
            return winner, written[0]
        return None

    def _of_set(self, name: str) -> Lost | None:
        """Each element by itself, the latest that is lost."""
        lost = [
            (top, cell)
            for register, cell in self._registers(name).items()
            if (top := self._top(register)).value != cell.value
            and top.stamp != cell.stamp
            and not _knew(top, cell, register)
        ]
        return max(lost, key=lambda pair: pair[1].rank, default=None)

    def _of_count(self, name: str) -> Lost | None:
        """What was added to a base is void with it."""
        registers, base = self._registers(name), key(name, COUNT, "")
        top, shown = self._top(base), self._shown.get(base)
        latest = max(registers.values(), key=lambda cell: cell.rank, default=None)
        if latest is None or (shown and shown.stamp == top.stamp):
            return None
        own = {cell.stamp for cell in registers.values()}
        return None if top.stamp in own or _knew(top, latest, name) else (top, latest)

    def _goes_on(self, name: str) -> bool:
        """Whether others' additions were added to what a user has not told yet."""
        if not is_counted_on(self._met, name):
            return False
        known = self._view.scope.shown(self._met.known)[name].value
        return all(map(is_number, (known, self._before.fields.get(name), self._after.get(name))))

    def _written(self, name: str) -> Sequence[Cell]:
        """As what a user here wrote what stands in the field; nothing if none did."""
        said, shown = self._said(name), self._shown_cell(name)
        if name in self._untold:
            told = said if self._spoken else ()
            return told or [self._nameless(name)] if all(map(self._is_own, told)) else ()
        return [*filter(self._is_own, [shown, *said] if shown else said)]

    def _said(self, name: str) -> Sequence[Cell]:
        """The heard cells of the value that stands there."""
        value = self._before.fields.get(name)
        heard = self._met.heard.cells.items()
        cells = [c for register, front in heard if self._is_of(name, register) for c in front]
        return [cell for cell in cells if cell.value == value]

    def _shown_cell(self, name: str) -> Cell | None:
        shown = Replica({register: (cell,) for register, cell in self._shown.items()})
        found = self._view.scope.shown(shown).get(name)
        return found.cell if found else None

    def _registers(self, name: str) -> Mapping[str, Cell]:
        """The latest cell of each register that a user here has written."""
        heard = {register: front[0] for register, front in self._met.heard.cells.items()}
        found: dict[str, Cell] = {}
        for register, cell in (*self._shown.items(), *heard.items()):
            if self._is_of(name, register) and self._is_own(cell):
                found[register] = max(cell, found.get(register, cell), key=lambda cell: cell.rank)
        return found

    def _is_of(self, name: str, register: str) -> bool:
        """Those of another policy are silent: what stands in the field is not theirs."""
        return field_of(register) == name and self._view.scope.is_current(register)

    def _nameless(self, name: str) -> Cell:
        """A write that nobody has told of, dated by its version; no two values have one stamp."""
        value, when = self._before.fields.get(name), awaited(self._before) or self._before.updated
        number = digest_of(value or b"") % COUNTERS
        stamp = stamp_at(when // 1000, self._view.node, number)
        return Cell(stamp, stamp, value)

    def _winner(self, name: str) -> Cell:
        """What shows instead; the deletion where nothing does."""
        shown = self._view.scope.shown(self._met.after).get(name)
        if shown is None:
            return self._deletion
        return shown.cell or Cell(NEVER, NEVER, shown.value)

    def _top(self, register: str) -> Cell:
        front = self._met.after.cells.get(register)
        return front[0] if front else self._deletion

    @property
    def _deletion(self) -> Cell:
        after = self._met.after
        return Cell(after.deleted, after.deleted, None, after.knew)

    def _is_own(self, cell: Cell) -> bool:
        return node_of(cell.stamp) == self._view.node


def _of_users(document: Version, scope: Scope) -> set[str]:
    """The fields that users wrote and nobody has told of: of an old copy that came back, all."""
    return set(document.fields) if is_brought(document) else untold_fields(document, scope)


def _knew(winner: Cell, cell: Cell, part: str) -> bool:
    """Whether whoever wrote the one, or deleted it all, had seen the other."""
    return cell.stamp in winner.knew or tagged(cell.stamp, part) in winner.knew


def _after(document: Version, outcome: Keep | Bury) -> Fields:
    if isinstance(outcome, Bury):
        return NOTHING if outcome.remove else document.fields
    after = {**document.fields, **outcome.changes}
    return {name: value for name, value in after.items() if value is not None}
