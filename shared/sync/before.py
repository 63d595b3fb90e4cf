"""What a document was before a change that nobody told of.

It follows from the other side: fields with the same stamps had the same value.
"""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from itertools import chain, combinations

from shared.sync.contents import content_of
from shared.sync.marks import awaited, replica_at, told_fields
from shared.sync.models import NOTHING, Marks, Replica, Version
from shared.sync.rules import NOBODY
from shared.sync.scopes import Scope
from shared.sync.stamps import NEVER, Stamp, covers, is_ahead, node_of

MOST_TRIED = 8  # fields, and thus 256 digests

Before = Mapping[str, bytes | None]  # what fields held: None is nothing


def before(here: Version, there: Version | None, scope: Scope) -> Version:
    """What its user saw before the change that was lost: without marks, nothing."""
    if here.marks is None:
        return NOBODY
    ruled = replace(here, fields=_with(here.fields, _ruled(here, scope)))
    return replace(here, fields=_with(ruled.fields, _reverted(ruled, here.marks, there)))


def _ruled(here: Version, scope: Scope) -> Before:
    """The fields under a policy as the marks have them: those know their values by themselves."""
    shown = scope.shown(replica_at(here, scope))
    return {name: shown[name].value for name in scope.policies if name in shown}


def _reverted(here: Version, marks: Marks, there: Version | None) -> Before:
    """The fields that were changed here, as they were.

    The digest of what the engine left says which of those that differ were changed here, and
    which there. Where there is none to go by, each that differs counts as changed here, unless
    the other side says something later of it.
    """
    bare, candidates = _bare(here), _candidates(here, there)
    if marks.awaits:  # then the digest is of what the user wrote, and what others said is hidden
        shown = {name: value for name, value in candidates.items() if name not in marks.hidden}
        return shown | _displayed(marks) or _differing(here, there)
    for some in _choices(candidates):
        if content_of(_with(here.fields, some)) == marks.content:
            return {**some, **bare}
    return {**_differing(here, there), **candidates, **bare}


def _displayed(marks: Marks) -> dict[str, bytes | None]:
    """What waits hidden, and was displayed before: its user has changed it since."""
    node = marks.write.node if marks.write else ""
    return {
        name: front[0].value
        for name, front in marks.hidden.items()
        if node_of(front[0].stamp) == node or covers(marks.displayed, front[0].stamp)
    }


def _candidates(here: Version, there: Version | None) -> dict[str, bytes | None]:
    """Fields that both sides knew alike and hold different, as they were; and those unmarked."""
    mine, theirs = replica_at(here), replica_at(there)
    alike = [n for n, f in mine.cells.items() if f[0].stamp and f[0].stamp == _stamp(theirs, n)]
    held = there.fields if there else NOTHING
    return {n: held.get(n) for n in alike if held.get(n) != here.fields.get(n)} | _bare(here)


def _differing(here: Version, there: Version | None) -> Before:
    marked = here.marks.stamps if here.marks else NOTHING
    held, theirs, when = there.fields if there else NOTHING, replica_at(there), awaited(here)
    older = [name for name in marked if not is_ahead(_stamp(theirs, name), when // 1000)]
    return {name: held.get(name) for name in older if held.get(name) != here.fields.get(name)}


def _stamp(replica: Replica, name: str) -> Stamp:
    front = replica.cells.get(name)
    return front[0].stamp if front else NEVER


def _bare(here: Version) -> dict[str, bytes | None]:
    return {name: None for name in here.fields if name not in told_fields(here)}


def _choices(candidates: Before) -> Sequence[Before]:
    """Any of them may have been changed here, all of them first."""
    items = list(candidates.items())
    if len(items) > MOST_TRIED:
        return [candidates]
    sizes = range(len(items), -1, -1)
    return [dict(some) for some in chain.from_iterable(combinations(items, n) for n in sizes)]


def _with(fields: Mapping[str, bytes], other: Before) -> Mapping[str, bytes]:
    return {name: value for name, value in {**fields, **other}.items() if value is not None}
