"""Marks: what the `_sync` map of a document knows beside the values that stand in it."""

from collections.abc import Iterator, Mapping

from shared.sync.contents import content_of
from shared.sync.lattice import front_of
from shared.sync.models import Cell, Fields, Front, Knowledge, Marks, Replica, Version
from shared.sync.registers import field_of, kind_of
from shared.sync.scopes import EVERYTHING, Scope
from shared.sync.stamps import NEVER, Stamp, covers, latest_of_each, node_of

UNMARKED = Marks()


def replica_at(version: Version | None, scope: Scope = EVERYTHING, node: str = "") -> Replica:
    """What a stored version knows; of a value without a mark, nothing but the value."""
    if version is None:
        return Replica()
    marks = version.marks or UNMARKED
    latest = max(marks.stamps.values(), default=NEVER)
    told = {name: _front(marks, name, latest, version.fields) for name in marks.stamps}
    bare = scope.bare(version.fields, told, node)
    return Replica(bare | told, marks.deleted, marks.buried)


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


def displayed_at(version: Version | None, node: str) -> Knowledge:
    """What of other projects' writes the document showed, and so its reader there knew of."""
    marks = version.marks if version else None
    if marks is None:
        return ()
    if marks.awaits:
        return marks.displayed
    return latest_of_each(_heard_of(marks), node)


def hidden_from(version: Version) -> Mapping[str, Front]:
    """The plain fields whose latest value waits beside the document for its user's change."""
    marks = version.marks
    if marks is None or not marks.awaits:
        return {}
    return {name: front for name, front in marks.hidden.items() if not kind_of(name)}


def was_displayed(cell: Cell, version: Version, node: str) -> bool:
    """Whether what waits there now stood in the document before it began to wait."""
    return node_of(cell.stamp) == node or covers(displayed_at(version, node), cell.stamp)


def _heard_of(marks: Marks) -> Iterator[Stamp]:
    yield from marks.stamps.values()
    yield from marks.seen.values()
    yield from marks.buried
    yield marks.deleted
    for known in marks.knew.values():
        yield from known
    for front in marks.hidden.values():
        for cell in front:
            yield from (cell.stamp, cell.seen, *cell.knew)


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
