"""Marks: what the `_sync` map of a document knows beside the values that stand in it."""

from collections.abc import Iterator, Mapping
from dataclasses import replace

from shared.sync.contents import content_of, digests
from shared.sync.echoes import is_brought
from shared.sync.lattice import front_of
from shared.sync.models import Cell, Fields, Front, Marks, Replica, Version
from shared.sync.registers import field_of
from shared.sync.scopes import EVERYTHING, Scope
from shared.sync.stamps import NEVER

UNMARKED = Marks()


def replica_at(version: Version | None, scope: Scope = EVERYTHING, node: str = "") -> Replica:
    """What a stored version knows; of a value without a mark, nothing but the value."""
    if version is None:
        return Replica()
    told = told_of(version)
    return replace(told, cells={**scope.bare(version.fields, told.cells, node), **told.cells})


def told_of(version: Version) -> Replica:
    """What the marks of a stored version know."""
    marks = version.marks or UNMARKED
    latest = max(marks.stamps.values(), default=NEVER)
    told = {name: _front(marks, name, latest, version.fields) for name in marks.stamps}
    return Replica(told, marks.deleted, marks.buried)


def marks_of(replica: Replica, stored: Fields, awaits: int) -> Marks:
    """The replica but for the values in `stored` that it shows."""
    told = {n: front for n, front in replica.cells.items() if front[0].seen}
    stamps = {name: front[0].stamp for name, front in told.items()}
    latest = max(stamps.values(), default=NEVER)
    aside = {name: _aside(front, stored.get(name)) for name, front in told.items()}
    return Marks(
        stamps=stamps,
        seen={name: front[0].seen for name, front in told.items() if front[0].seen != latest},
        deleted=replica.deleted,
        hidden={name: front for name, front in aside.items() if front},
        content=content_of(stored),
        awaits=awaits,
        knew={name: front[0].knew for name, front in told.items() if front[0].knew},
        buried=replica.knew,
        told=digests({n: stored[n] for n in {field_of(r) for r in told} & stored.keys()}),
    )


def awaited(version: Version) -> int:
    """The last version that a user wrote and nobody has told of yet; 0 when there is none."""
    marks = version.marks
    if marks is None or marks.content not in ("", content_of(version.fields)):
        return version.updated
    return marks.awaits


def told_fields(version: Version) -> set[str]:
    """The fields that somebody has told of."""
    return {field_of(name) for name in version.marks.stamps} if version.marks else set()


def told_at(version: Version) -> Mapping[str, int]:
    """The digests of the values that somebody has told of, by field.

    Marks of earlier times have none: what they name counts as told.
    """
    marks = version.marks
    if marks is None or marks.told is not None:
        return (marks.told or {}) if marks else {}
    return digests({n: version.fields[n] for n in told_fields(version) if n in version.fields})


def rewritten(version: Version) -> set[str]:
    """The fields whose values are not those that somebody has told of."""
    told, stands = told_at(version), digests(version.fields)
    return set() if stands == told else {name for name, _ in stands.items() ^ told.items()}


def shown_at(version: Version) -> Mapping[str, Cell]:
    """The cells of what the document showed before its users wrote: what they had seen."""
    return shown_of(told_of(version), version)


def shown_of(told: Replica, version: Version) -> Mapping[str, Cell]:
    """What an old copy showed stood in no document when it was brought with another value."""
    shown = _displayed(told, version)
    unseen = rewritten(version) if is_brought(version) else set()
    return {n: c for n, c in shown.items() if field_of(n) not in unseen} if unseen else shown


def _displayed(told: Replica, version: Version) -> Mapping[str, Cell]:
    tops = {name: front[0] for name, front in told.cells.items()}
    if version.marks is None or not version.marks.displayed:
        return tops
    shown = {**tops, **version.marks.displayed}
    return {name: cell for name, cell in shown.items() if cell}


def shown_registers(version: Version) -> Iterator[str]:
    """The registers of what the document showed before its users wrote."""
    marks = version.marks or UNMARKED
    hidden = {name for name, cell in marks.displayed.items() if cell is None}
    return (name for name in (*marks.stamps, *marks.displayed) if name not in hidden)


def _front(marks: Marks, name: str, latest: str, values: Fields) -> Front:
    stamp, seen = marks.stamps[name], marks.seen.get(name, latest)
    shown = Cell(stamp, seen, values.get(name), marks.knew.get(name, ()))
    hidden = marks.hidden.get(name)
    if not hidden:
        return (shown,)
    is_hidden = any((cell.stamp, cell.seen) == (stamp, seen) for cell in hidden)
    return front_of(hidden if is_hidden else (shown, *hidden))


def _aside(front: Front, stored: bytes | None) -> Front:
    return front[1:] if front[0].value == stored else front
