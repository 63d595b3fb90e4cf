"""Which of the users' writes a world has lost, and nobody was told."""

from collections.abc import Iterator
from typing import NamedTuple

from shared.sync.changes import edited_fields, said_by
from shared.sync.marks import displayed_at
from shared.sync.models import Change, Knowledge
from shared.sync.stamps import Stamp, covers, node_of
from tests.unit.sync.world import World


class Act(NamedTuple):
    """A change, its stamp, and what its writer had seen of others."""

    change: Change
    node: str
    stamp: Stamp
    knew: Knowledge

    def knows(self, other: "Act") -> bool:
        if self.node == other.node:
            return self.stamp > other.stamp
        return covers(self.knew, other.stamp)


def lost_silently(world: World) -> Iterator[tuple[str, Stamp]]:
    """Fields that a user wrote, that show something else, and that no later writer had seen."""
    final, acts = world.contents()[0] or {}, [_act(world, change) for change in world.said]
    for act in acts:
        after = act.change.new.fields if act.change.new else {}
        for name in edited_fields(act.change) if act.change.new else ():
            shows = final.get(name) == after.get(name)
            known = shows or any(_replaces(other, act, name) for other in acts)
            if not known and not _is_noted(world, act, name, after.get(name)):
                yield name, act.stamp


def _is_noted(world: World, act: Act, name: str, value: bytes | None) -> bool:
    """Whether a conflict tells of the write, or of its value as it was seen later."""
    if (act.stamp, name) in world.overruled:
        return True
    losers = [one.loss.loser for one in world.overruled.values() if one.loss.field == name]
    return any(
        loser.value == value and node_of(loser.stamp) == act.node and loser.stamp >= act.stamp
        for loser in losers
    )


def _act(world: World, change: Change) -> Act:
    node = world.settings.alias(change.place.project)
    said = said_by(change, node, scope=world.scope)
    cells = [cell for front in said.cells.values() for cell in front]
    stamp = max((cell.seen for cell in cells), default=said.deleted) if change.new else said.deleted
    return Act(change, node, stamp, displayed_at(change.old, node))


def _replaces(other: Act, act: Act, name: str) -> bool:
    """Whether it is of the field, and its writer had seen the other or wrote just the same."""
    new, mine = other.change.new, act.change.new
    if new is None or mine is None:
        return other.knows(act)
    same = new.fields.get(name) == mine.fields.get(name) and other.stamp > act.stamp
    return name in edited_fields(other.change) and (same or other.knows(act))
