"""The audit in Firestore: entries that are written in the commit of what they tell of.

`audit/{tenantId}/entries/{id}` and `audit/{tenantId}/heads/{shard}` hold what happens to members,
roles, keys and the pool's plan; identities, sessions, profiles and plans of one's own are their
user's, in `users/{userId}` likewise, and keys of the platform are in `platform/audit`.
`audit_anchors` adds up what was written to each chain.
"""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import UTC, datetime
from secrets import randbelow
from typing import Any, NamedTuple

from google.cloud import firestore

from shared.auth.chain import LANES, SHARDS, Act, Anchor, Ends, Entry, Head, appended
from shared.kernel.ids import derived_id
from shared.platform import firestore as db
from shared.platform.wire import Found, Wire, Write

NAME = re.compile(r"[0-9a-f]-[0-9]{12}", re.ASCII)
NEVER = datetime(1970, 1, 1, tzinfo=UTC)
WORDS = ("prev", "actor", "action", "target", "hash")
PAGE = 500
PLATFORM_BOOK = "platform/audit"
Position = tuple[datetime, str]


class Line(NamedTuple):
    """Where the next entry of a book goes: read `path` along with what is to be changed."""

    book: str
    shard: int

    @property
    def path(self) -> str:
        return f"{self.book}/heads/{self.shard:x}"

    @property
    def anchor(self) -> str:
        return f"audit_anchors/{derived_id(self.book)}-{self.shard:x}"


def line_of(tenant_id: str | None) -> Line:
    """A chain of the tenant's, at random; without one, of the platform's."""
    return Line(book_of(tenant_id), randbelow(SHARDS))


def line_of_user(user_id: str) -> Line:
    """What one user does is little: one chain is enough."""
    return Line(book_of_user(user_id), 0)


def book_of(tenant_id: str | None) -> str:
    return f"audit/{tenant_id}" if tenant_id else PLATFORM_BOOK


def book_of_user(user_id: str) -> str:
    return f"users/{user_id}"


def told(
    wire: Wire, line: Line, found: Mapping[str, Found], act: Act, now: datetime
) -> list[Write]:
    """The writes that tell of an act, for its own commit: the entry, and the head moved on.

    `found` has the head of the line if there is one. The commit fails where another came between.
    """
    return told_in_turn(wire, line, found, [(act, now)])


def told_in_turn(
    wire: Wire, line: Line, found: Mapping[str, Found], acts: Iterable[tuple[Act, datetime]]
) -> list[Write]:
    """The same of several acts of one commit, each with its time."""
    head, writes, anchor = found.get(line.path), [], Anchor()
    end = _head(head.document) if head else Head()
    for act, at in acts:
        entry = appended(line.book, line.shard, end, act, at)
        writes.append(wire.creation(f"{line.book}/entries/{entry.entry_id}", _document(entry)))
        end, anchor = Head(entry.seq, entry.hash), anchor.with_entry(entry.hash)
    moved = {"count": end.length, "hash": end.hash}
    return [
        *writes,
        wire.updating(line.path, moved, head.updated) if head else wire.creation(line.path, moved),
        wire.adding(line.anchor, _sums(anchor)),
    ]


class AuditStore:
    """Reads one book."""

    def __init__(self, client: firestore.Client) -> None:
        self._client = client
        self._wire = Wire(client)

    def page(self, book: str, size: int, after: Position | None) -> Sequence[Entry]:
        """The newest first."""
        entries = self._client.collection(f"{book}/entries")
        query: firestore.Query = entries.limit(size)
        query = query.order_by("at", "DESCENDING").order_by("__name__", "DESCENDING")
        if after:
            last = {"at": after[0], "__name__": entries.document(after[1])}
            query = query.start_after(last)
        return [_entry(book, name, row) for name, row in db.find(query)]

    def ends(self, book: str) -> Ends:
        """In one call, as they stand together."""
        lines = [Line(book, shard) for shard in range(SHARDS)]
        found = self._wire.get([path for line in lines for path in (line.path, line.anchor)])
        heads = {
            line.shard: _head(found[line.path].document) for line in lines if line.path in found
        }
        anchors = {
            line.shard: _anchor(found[line.anchor].document)
            for line in lines
            if line.anchor in found
        }
        return Ends(heads, anchors)

    def walk(self, book: str, most: int) -> Iterator[tuple[str, Entry]]:
        """At most so many entries, chain by chain, by what they are called."""
        entries = self._client.collection(f"{book}/entries")
        query, last = entries.order_by("__name__").limit(PAGE), None
        for _ in range(0, most, PAGE):
            start = query.start_after({"__name__": last}) if last else query
            page = db.find(start)
            yield from ((name, _entry(book, name, row)) for name, row in page)
            if len(page) < PAGE:
                return
            last = entries.document(page[-1][0])


def _head(row: Mapping[str, Any]) -> Head:
    """One that is spoilt counts nothing, so that whatever stands in its chain is too much."""
    count, digest = row.get("count"), row.get("hash")
    return Head(count, digest) if type(count) is int and isinstance(digest, str) else Head()


def _sums(anchor: Anchor) -> dict[str, int]:
    return {"count": anchor.length} | {f"sum{n}": each for n, each in enumerate(anchor.sums)}


def _anchor(row: Mapping[str, Any]) -> Anchor:
    """One that is spoilt counts nothing."""
    count, *sums = (row.get(name) for name in _sums(Anchor()))
    numbers = [number for number in (count, *sums) if type(number) is int]
    return Anchor(numbers[0], tuple(numbers[1:])) if len(numbers) == 1 + LANES else Anchor()


def _document(entry: Entry) -> dict[str, Any]:
    """Its place is in its name."""
    stated = {"prev": entry.prev, "hash": entry.hash, "at": entry.at}
    return stated | entry.act._asdict() | {"details": dict(entry.act.details)}


def _entry(book: str, name: str, row: Mapping[str, Any]) -> Entry:
    """Whatever somebody has made of it: what is spoilt becomes an entry whose hash cannot hold."""
    shard, _, seq = name.partition("-")
    place = (int(shard, 16), int(seq)) if NAME.fullmatch(name) else (SHARDS, 0)
    at, details = row.get("at"), row.get("details")
    prev, actor, action, target, digest = (str(row.get(word) or "") for word in WORDS)
    act = Act(actor, action, target, details if isinstance(details, dict) else {"": str(details)})
    return Entry(book, *place, prev, at if isinstance(at, datetime) else NEVER, act, digest)
