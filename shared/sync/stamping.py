"""The marks that a writer gives a write of its own, so that the engine need not add them."""

from dataclasses import replace

from shared.kernel.ids import new_id
from shared.sync.changes import edited_fields, said_by
from shared.sync.marks import awaited, marks_of
from shared.sync.models import Change, Fields, Marks, Place, Version, Write
from shared.sync.registers import kind_of


def stamped(old: Version | None, fields: Fields, node: str, now_us: int) -> Marks | None:
    """The marks of these fields, written over `old` by a clock of its own.

    None where they would say too little: then the write is made plainly, and the engine stamps it.
    So it is over nothing (None): by a clock that is behind, a creation would be older than the
    deletion before it, which takes it away.
    """
    if old is None or not is_settled(old):
        return None
    at = max(now_us * 1000, old.updated + 1000)  # a clock may be behind the server's
    change = Change(Place("", "", ""), new_id(), 0, old, Version(fields, None, 0, at))
    if not edited_fields(change):
        return None
    write = Write(node, change.event_id, old.updated, by_engine=False)
    return replace(marks_of(said_by(change, node), fields, 0), write=write)


def is_settled(version: Version) -> bool:
    """Whether the engine knows all that stands there, and reads it as it stands.

    Where a policy keeps a field otherwise, only the engine can say what a document has seen.
    """
    marks = version.marks
    if marks is None or awaited(version) or marks.scope or any(map(kind_of, marks.stamps)):
        return False
    return version.fields.keys() <= marks.stamps.keys()
