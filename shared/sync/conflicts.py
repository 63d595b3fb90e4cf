"""Which user writes a merge loses: no such write goes without a trace."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from shared.sync.changes import edited_fields
from shared.sync.lattice import outlives
from shared.sync.models import Cell, Change, Front, Place, Replica
from shared.sync.registers import COUNT, SET, field_of
from shared.sync.rules import Meeting, View
from shared.sync.stamps import NEVER, Stamp, covers, node_of, physical_us


@dataclass(frozen=True, slots=True)
class Side:
    """What one side of a conflict wrote, and when; None is no value, or a deletion."""

    stamp: Stamp
    value: bytes | None


@dataclass(frozen=True, slots=True)
class Loss:
    """A user's write of a field that another one overruled who had not seen it."""

    field: str
    winner: Side
    loser: Side


@dataclass(frozen=True, slots=True)
class Overruled:
    """A user's write that was lost, by which policy, and the places where its document lives.

    `schema_version` is that of the field's name and its values, 0 where documents have no schema.
    """

    loss: Loss
    change: Change
    places: Sequence[Place]
    policy: str
    tenant_field: str
    schema_version: int = 0


def losses(met: Meeting, said: Replica, change: Change, view: View, node: str) -> list[Loss]:
    """What is lost where a change of `node` is heard: once for each write, told how often ever."""
    if change.new is None:
        lost = _deleted(met, said, view, node)
    else:
        lost = _edited(met, said, change, view, node)
    found = {loss.loser.stamp + loss.field: loss for loss in lost}
    return [_readable(loss, met, said, view, node) for loss in found.values()]


def _readable(loss: Loss, met: Meeting, said: Replica, view: View, node: str) -> Loss:
    """Of a set or a count all that each side showed: one register of it says nothing."""
    if view.scope.kind(loss.field) not in (SET, COUNT):
        return loss
    mine, theirs = view.scope.shown(said), view.scope.shown(met.known)

    def whole(side: Side) -> Side:
        shown = (mine if node_of(side.stamp) == node else theirs).get(loss.field)
        gone = side.stamp in (said.deleted, met.after.deleted)
        return side if gone or shown is None else Side(side.stamp, shown.value)

    return Loss(loss.field, whole(loss.winner), whole(loss.loser))


def _deleted(met: Meeting, said: Replica, view: View, node: str) -> Iterator[Loss]:
    """Edits that the deletion takes away, and that its author had not seen."""
    for register, front in view.scope.heeded(met.known).items():
        cell = front[0]
        unseen = node_of(cell.stamp) not in ("", node) and not covers(said.knew, cell.stamp)
        if unseen and not outlives(cell, said.deleted):
            yield Loss(field_of(register), Side(said.deleted, None), _side(cell))
        for aside in _waiting(front, node):
            if not outlives(aside, said.deleted):
                yield Loss(field_of(register), Side(said.deleted, None), _seen(aside))


def _edited(met: Meeting, said: Replica, change: Change, view: View, node: str) -> Iterator[Loss]:
    """What the origin wrote may stand in another change of its than that which wrote it."""
    edited = edited_fields(change)
    minted = max((front[0].stamp for front in said.cells.values()), default=NEVER)
    for register, front in view.scope.heeded(said).items():
        if node_of(front[0].stamp) == node and physical_us(front[0].stamp):
            yield from _beside(register, front[0], met)
            yield from _over(register, front[0], met)
    yield from _overruled(edited, minted, met, change, view)


def _beside(register: str, heard: Cell, met: Meeting) -> Iterator[Loss]:
    """An edit, and what was known there, of which neither had seen the other."""
    after, field = met.after, field_of(register)
    if not outlives(heard, after.deleted):
        if _apart(heard.stamp, after.deleted) and not covers(after.knew, heard.stamp):
            yield Loss(field, Side(after.deleted, None), _side(heard))
        return
    for cell in met.known.cells.get(register, ())[:1]:
        if cell.value != heard.value and cell.stamp and _concurrent(heard, cell):
            winner, loser = (heard, cell) if heard.rank > cell.rank else (cell, heard)
            yield Loss(field, _side(winner), _side(loser))


def _over(register: str, heard: Cell, met: Meeting) -> Iterator[Loss]:
    """An edit, and what waited aside where it was made."""
    for aside in _waiting(met.known.cells.get(register, ()), node_of(heard.stamp)):
        if heard.seen >= aside.seen and heard.value != aside.value:
            yield Loss(field_of(register), _side(heard), _seen(aside))


def _waiting(front: Front, node: str) -> Iterator[Cell]:
    """What waits aside for a change of another's, which may seem to be known by now."""
    for cell in front[1:]:
        if not physical_us(cell.stamp) and node_of(cell.stamp) != node:
            yield cell


def _overruled(
    edited: set[str], minted: Stamp, met: Meeting, change: Change, view: View
) -> Iterator[Loss]:
    """Edits that a policy does not let show, and those that it lets show no longer."""
    chosen = {name for name in edited if view.scope.kind(name) not in ("", SET, COUNT)}
    if not chosen:
        return
    before, after = view.scope.shown(met.known), view.scope.shown(met.after)
    for name in chosen & after.keys():
        shown, value = after[name], change.new.fields.get(name) if change.new else None
        winner = shown.cell or Cell(NEVER, NEVER, shown.value)
        known = before[name].cell if name in before else None
        if shown.value != value:
            if not covers(winner.knew, minted):
                yield Loss(name, Side(winner.stamp, shown.value), Side(minted, value))
        elif known and known.stamp and known.value != value and _unseen(winner, known):
            yield Loss(name, _side(winner), _side(known))


def _concurrent(one: Cell, other: Cell) -> bool:
    return _unseen(one, other) and _unseen(other, one)


def _unseen(by: Cell, other: Cell) -> bool:
    return _apart(by.stamp, other.stamp) and not covers(by.knew, other.stamp)


def _apart(one: Stamp, other: Stamp) -> bool:
    return node_of(one) != node_of(other)


def _seen(cell: Cell) -> Side:
    return Side(cell.seen, cell.value)


def _side(cell: Cell) -> Side:
    return Side(cell.stamp, cell.value)
