"""What a document that stays shows, and what its marks say of that.

What its users wrote since stands there until their own change has come: until then only the marks
learn. What nobody told of within an hour stays as well, if nobody else has written the same field.
"""

from collections.abc import Mapping
from dataclasses import replace
from typing import NamedTuple

from shared.sync.contents import digests
from shared.sync.marks import awaited, marks_of, shown_at, told_at
from shared.sync.meeting import Meeting, View
from shared.sync.models import NOTHING, Cell, Front, Keep, Replica, Version
from shared.sync.registers import COUNT, field_of, is_counter_of, key, kind_of, moved
from shared.sync.sight import untold_fields
from shared.sync.stamps import NEVER, Stamp, node_of

NOBODY = Version(NOTHING, None, 0, 0)


class Value(NamedTuple):
    """What shall stand in a field, and what of that somebody has told (None: nothing)."""

    stored: bytes | None
    told: bytes | None


Values = Mapping[str, Value]


def kept(
    document: Version | None, met: Meeting, awaits: int, spoken: Version | None, view: View
) -> Keep:
    before = document or NOBODY
    values = _values(before, met, awaits, spoken, view)
    changes = {n: v.stored for n, v in values.items() if before.fields.get(n) != v.stored}
    stored = {n: v for n, v in {**before.fields, **changes}.items() if v is not None}
    heeded = {field_of(name) for name in view.scope.heeded(met.after)}
    told_of = {name for name, value in values.items() if value.stored == value.told}
    if not awaits and told_of >= before.fields.keys() | heeded:
        return Keep(changes, replace(marks_of(met.after, stored, 0), scope=view.scope.digest))
    told, shown = _shown_before(before, met, awaits, spoken, view)
    displayed = _displayed(met.after, values, shown)
    marks = marks_of(met.after, stored, awaits or awaited(before))
    aside = {name: front for name, front in met.after.cells.items() if name in displayed}
    marks = replace(marks, hidden={**marks.hidden, **aside}, displayed=displayed)
    return Keep(changes, replace(marks, told=_told(told, values), scope=view.scope.digest))


def unsaid(document: Version, spoken: Version | None, view: View) -> set[str]:
    """The fields that users wrote, and of which not even the change that is told now tells."""
    return set() if is_said(document, spoken) else untold_fields(document, view.scope)


def is_said(document: Version, spoken: Version | None) -> bool:
    """Whether the change that is told now tells of all that users wrote there."""
    return bool(spoken and spoken.updated >= awaited(document))


def _values(
    before: Version, met: Meeting, awaits: int, spoken: Version | None, view: View
) -> Values:
    """The fields of which the marks know what stands there."""
    if awaits:
        moved_on = _sure(before, met, spoken, view) if spoken else _counts(before, met, view)
        return {**_alike(before, met, view), **moved_on}
    shown, waiting = view.scope.shown(met.after), unsaid(before, spoken, view)
    left = waiting - (_moved_on(met) - _bare(met)) if waiting else waiting
    names = {*before.fields, *shown} - left
    values = {n: shown[n].value if n in shown else None for n in names}
    counts = _counts(before, met, view) if waiting else {}
    counting = {n: value for n, value in counts.items() if n in waiting - left}
    return {n: Value(value, value) for n, value in values.items()} | counting


def _moved_on(met: Meeting) -> set[str]:
    """The fields of which something else shows now than was known there."""
    known, after = met.known.cells, met.after.cells
    names = known.keys() | after.keys()
    return {field_of(n) for n in names if _top(known, n) != _top(after, n)}


def _bare(met: Meeting) -> set[str]:
    """The fields of which not every register is told of."""
    return {field_of(name) for name, front in met.after.cells.items() if not front[0].seen}


def _top(cells: Mapping[str, Front], register: str) -> Stamp | None:
    front = cells.get(register)
    return _stamp(front[0]) if front else None


def _stamp(cell: Cell | None) -> Stamp | None:
    return cell.stamp if cell else None


def _sure(now: Version, met: Meeting, spoken: Version, view: View) -> Values:
    """The fields that nobody has touched since the version that is spoken of."""
    if now.created > spoken.updated:
        return {}
    then, shown = spoken.fields, view.scope.shown(met.after)
    same = {n: s.value for n, s in shown.items() if then.get(n) == now.fields.get(n)}
    return {name: Value(value, value) for name, value in same.items()}


def _alike(now: Version, met: Meeting, view: View) -> Values:
    """The fields that hold what others told of, where a user dropped the marks of it."""
    if now.marks is not None:
        return {}
    shown = view.scope.shown(met.after).items()
    told = {n: s.value for n, s in shown if s.cell and s.cell.seen and s.value is not None}
    return {n: Value(v, v) for n, v in told.items() if now.fields.get(n) == v}


def is_counted_on(met: Meeting, name: str) -> bool:
    """Whether it is known from where the field was counted on: not where its marks were dropped."""
    base = met.known.cells.get(key(name, COUNT, ""))
    return bool(base and base[0].seen)


def _counts(now: Version, met: Meeting, view: View) -> Values:
    """Counts go on while they wait: what others added does not touch what is still to be told.

    What this project added itself stands there already, whoever told of it.
    """
    names = [n for n in view.scope.policies if view.scope.kind(n) == COUNT]
    counters = [name for name in names if is_counted_on(met, name)]
    if not counters:
        return {}
    mine = {n: f for n, f in met.known.cells.items() if is_counter_of(n, view.node)}
    others = {n: f for n, f in met.after.cells.items() if not is_counter_of(n, view.node)}
    before, after = view.scope.shown(met.known), view.scope.shown(met.after)
    moving = view.scope.shown(replace(met.after, cells=others | mine))
    return {
        n: Value(moved(now.fields.get(n), before[n].value, moving[n].value), after[n].value)
        for n in counters
        if n in moving and n in after
    }


def _shown_before(
    before: Version, met: Meeting, awaits: int, spoken: Version | None, view: View
) -> tuple[Mapping[str, int], Mapping[str, Cell]]:
    """What users had been told when they wrote what waits there.

    The change that is told now says so of what it wrote last. All else may have been told since.
    """
    told, shown = told_at(before), shown_at(before)
    if not (awaits and spoken and met.heard.cells and before.created <= spoken.updated):
        return told, shown
    names = _shows_of(met, view.node) if before.marks else {*told, *spoken.fields}
    said = digests({n: value for n, value in spoken.fields.items() if n in names})
    sighted = _sighted(met.heard, view.node)
    return (
        {n: digest for n, digest in told.items() if n not in names} | said,
        {r: cell for r, cell in shown.items() if field_of(r) not in names}
        | {r: cell for r, cell in sighted.items() if field_of(r) in names},
    )


def _shows_of(met: Meeting, node: str) -> set[str]:
    """The fields that a speaker of this node wrote last of all."""
    written = {
        (register, cell.stamp)
        for register, front in met.heard.cells.items()
        for cell in front
        if node_of(cell.stamp) == node
    }
    return {field_of(r) for r, front in met.after.cells.items() if (r, front[0].stamp) in written}


def _sighted(said: Replica, node: str) -> Mapping[str, Cell]:
    """The cells that a speaker of this node saw or wrote: those that he was the last to see."""
    cells = [(name, cell) for name, front in said.cells.items() for cell in front]
    latest = max((cell.seen for _, cell in cells if node_of(cell.seen) == node), default=NEVER)
    return {name: cell for name, cell in cells if cell.seen == latest}


def _told(before: Mapping[str, int], values: Values) -> Mapping[str, int]:
    others = {name: digest for name, digest in before.items() if name not in values}
    return others | digests({n: v.told for n, v in values.items() if v.told is not None})


def _displayed(
    after: Replica, values: Values, shown: Mapping[str, Cell]
) -> Mapping[str, Cell | None]:
    """The cells that show no more by the marks, and do so still in the document."""
    cells = {name: front for name, front in after.cells.items() if front[0].seen}
    return {
        name: shown.get(name)
        for name in shown.keys() | cells.keys()
        if field_of(name) not in values
        and kind_of(name) != COUNT
        and _stamp(shown.get(name)) != _top(cells, name)
    }
