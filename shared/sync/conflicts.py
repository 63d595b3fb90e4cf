"""Which user writes a merge loses: no such write goes without a trace."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from shared.sync.changes import edited_fields
from shared.sync.lattice import outlives
from shared.sync.models import Cell, Change, Place, Replica
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
    """A user's write that was lost, by which policy, and the places where its document lives."""

    loss: Loss
    change: Change
    places: Sequence[Place]
    policy: str
    tenant_field: str


def losses(met: Meeting, said: Replica, change: Change, view: View, node: str) -> list[Loss]:
    """What is lost where a change of `node` is heard: once for each write, told how often ever."""
    if change.new is None:
        lost = _deleted(met, said, node)
    else:
        lost = _edited(met, said, change, view, node)
    return list({loss.loser.stamp + loss.field: loss for loss in lost}.values())


def _deleted(met: Meeting, said: Replica, node: str) -> Iterator[Loss]:
    """Edits that the deletion takes away, and that its author had not seen."""
    for register, front in met.known.cells.items():
        cell = front[0]
        unseen = node_of(cell.stamp) not in ("", node) and not covers(said.knew, cell.stamp)
        if unseen and not outlives(cell, said.deleted):
            yield Loss(field_of(register), Side(said.deleted, None), _side(cell))


def _edited(met: Meeting, said: Replica, change: Change, view: View, node: str) -> Iterator[Loss]:
    """What the origin wrote may stand in another change of its than that which wrote it."""
    edited = edited_fields(change)
    minted = max((front[0].stamp for front in said.cells.values()), default=NEVER)
    for register, front in said.cells.items():
        if node_of(front[0].stamp) == node and physical_us(front[0].stamp):
            yield from _beside(register, front[0], met)
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


def _side(cell: Cell) -> Side:
    return Side(cell.stamp, cell.value)
