"""Marks: what the `_sync` map of a document knows beside the values that stand in it."""

import zlib
from collections.abc import Collection

from shared.sync.lattice import front_of
from shared.sync.models import Cell, Fields, Front, Marks, Replica, Version
from shared.sync.stamps import NEVER

UNMARKED = Marks()


def replica_at(version: Version | None) -> Replica:
    """What a stored version knows; of a value without a mark, nothing but the value."""
    if version is None:
        return Replica()
    marks = version.marks or UNMARKED
    latest = max(marks.stamps.values(), default=NEVER)
    told = {name: _front(marks, name, latest, version.fields) for name in marks.stamps}
    bare = {name: (Cell(NEVER, NEVER, value),) for name, value in version.fields.items()}
    return Replica(bare | told, marks.deleted)


def marks_of(replica: Replica, stored: Fields, awaits: int) -> Marks:
    """The replica but for the values in `stored` that it shows."""
    told = {n: front for n, front in replica.cells.items() if front[0].seen}
    stamps = {name: front[0].stamp for name, front in told.items()}
    latest = max(stamps.values(), default=NEVER)
    seen = {name: front[0].seen for name, front in told.items() if front[0].seen != latest}
    aside = {name: _aside(front, stored.get(name)) for name, front in told.items()}
    hidden = {name: front for name, front in aside.items() if front}
    return Marks(stamps, seen, replica.deleted, hidden, content_of(stored), awaits)


def awaited(version: Version) -> int:
    """The last version that a user wrote and nobody has told of yet; 0 when there is none."""
    marks = version.marks
    if marks is None or marks.content not in ("", content_of(version.fields)):
        return version.updated
    return marks.awaits


def content_of(fields: Fields) -> str:
    """A short mark of all the values together."""
    parts = [b"%d:%s%d:%s" % (len(n), n, len(v), v) for n, v in _encoded(fields)]
    return f"{zlib.crc32(b''.join(parts)):08x}"


def _encoded(fields: Fields) -> Collection[tuple[bytes, bytes]]:
    return [(name.encode(), fields[name]) for name in sorted(fields)]


def _front(marks: Marks, name: str, latest: str, values: Fields) -> Front:
    hidden = marks.hidden.get(name, ())
    stamp, seen = marks.stamps[name], marks.seen.get(name, latest)
    if any((cell.stamp, cell.seen) == (stamp, seen) for cell in hidden):
        return front_of(hidden)
    return front_of((Cell(stamp, seen, values.get(name)), *hidden))


def _aside(front: Front, stored: bytes | None) -> Front:
    return front[1:] if front[0].value == stored else front
