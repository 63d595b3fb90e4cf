"""Hold a stretch of one side of a route to the same stretch of the other."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import NamedTuple

from google.cloud.firestore_v1 import types

from shared.sync.bulk import Bulk, Range
from shared.sync.mending import Case
from shared.sync.models import Found, Place, Version
from shared.sync.routes import End, Route
from shared.sync.scopes import Scope, scope_of
from shared.sync.untold import Held, mended_by, to_tell


class Pair(NamedTuple):
    """What both sides hold of one document; at least one of them holds it."""

    document_id: str
    one: Held
    other: Held

    def tenant(self, tenant_field: str) -> str:
        version = self.one.version or self.other.version
        value = version.fields.get(tenant_field, b"") if version else b""
        return str(types.Value.pb().FromString(value).string_value)


@dataclass(frozen=True, slots=True)
class Comparison:
    """The documents of a stretch with their tenants, those to mend, and those that this run has
    mended before; `end` is None on the last stretch."""

    tenants: Mapping[str, str]
    cases: Sequence[Case]
    mended: frozenset[str]
    end: str | None


class Sides:
    """Reads each document once, whole: what a user wrote shows in nothing else.

    A projection costs the same reads. It would miss the user's change whose event was lost, since
    that leaves `_sync` as it was.
    """

    def __init__(self, bulk: Bulk, node_of: Callable[[str], str]) -> None:
        self._bulk = bulk
        self._node_of = node_of

    def compare(self, route: Route, cursor: str, most: int, run_id: str) -> Comparison:
        pairs, end = self._pairs(route, cursor, most)
        known = self._with_tombstones(pairs)
        return Comparison(
            {pair.document_id: pair.tenant(route.tenant_field) for pair in known},
            [case for pair in known if (case := _case(pair, run_id)).changes],
            frozenset(p.document_id for p in known if _mended(p, run_id)),
            end,
        )

    def again(self, ids: Sequence[str], route: Route, run_id: str) -> Sequence[Case]:
        """What is left to mend of these documents."""
        places = [[_place(end, name) for end in route.ends] for name in ids]
        found = self._bulk.found([place for pair in places for place in pair])
        scope = scope_of(route.reading, self._node_of)
        pairs = [
            Pair(pair[0].document_id, *(_known(found[p], p, scope) for p in pair))
            for pair in places
        ]
        return [case for pair in pairs if (case := _case(pair, run_id)).changes]

    def _pairs(self, route: Route, cursor: str, most: int) -> tuple[Sequence[Pair], str | None]:
        """One side leads; the other is read as far as that came, and may end earlier itself."""
        one = self._bulk.after(route.source, cursor, None, most)
        other = self._bulk.after(route.target, cursor, one.end, most)
        ids = sorted(one.versions.keys() | other.versions.keys())
        within = [name for name in ids if other.end is None or name <= other.end]
        scope = scope_of(route.reading, self._node_of)
        return [_pair(route, name, one, other, scope) for name in within], other.end

    def _with_tombstones(self, pairs: Sequence[Pair]) -> Sequence[Pair]:
        """Those of missing documents, and of documents without marks."""
        found = self._bulk.tombstones([place for pair in pairs for place in _unsure(pair)])
        return [
            pair._replace(
                one=replace(pair.one, tombstone=found.get(pair.one.place)),
                other=replace(pair.other, tombstone=found.get(pair.other.place)),
            )
            for pair in pairs
        ]


def _pair(route: Route, name: str, one: Range, other: Range, scope: Scope) -> Pair:
    source, target = _place(route.source, name), _place(route.target, name)
    here, there = one.versions.get(name), other.versions.get(name)
    return Pair(name, _seen(source, here, scope), _seen(target, there, scope))


def _seen(place: Place, version: Version | None, scope: Scope) -> Held:
    if version and not scope.reads(version):
        return Held(place, version, scope=scope, readable=False)
    return Held(place, version and scope.visible(version), scope=scope)


def _known(found: Found, place: Place, scope: Scope) -> Held:
    return replace(_seen(place, found.document, scope), tombstone=found.tombstone)


def _place(end: End, name: str) -> Place:
    return Place(end.project, end.collection, name)


def _unsure(pair: Pair) -> Iterable[Place]:
    """Where a tombstone may stand that the document does not tell of."""
    return [held.place for held in (pair.one, pair.other) if _silent(held)]


def _silent(held: Held) -> bool:
    return held.version is None or held.version.marks is None


def _case(pair: Pair, run_id: str) -> Case:
    found = {held.place: _found(held) for held in (pair.one, pair.other)}
    return Case(pair.document_id, to_tell(pair.one, pair.other, run_id), found)


def _found(held: Held) -> Found:
    return Found(held.version, held.tombstone, looked=_silent(held))


def _mended(pair: Pair, run_id: str) -> bool:
    return mended_by(pair.one, run_id) or mended_by(pair.other, run_id)
