"""The audit's chains: each entry holds the hash of the one before, and a head counts them.

A tenant's entries are in sixteen chains, so that changes that meet seldom wait for each other. A
changed, removed or swapped entry breaks its chain; one removed from the end misses in the head. An
anchor, elsewhere, adds up what was ever written: a chain that was cut or rewritten with its head
comes to another sum, whatever is written to it afterwards.
"""

import hashlib
from collections.abc import Callable, Iterable, Mapping
from datetime import datetime
from typing import Any, NamedTuple

import orjson

from shared.kernel.clock import rfc3339

SHARDS = 16
LANES = 3
DIGITS = 11  # of a hash in each lane: 44 bits, of which half a million add up to a stored integer
START = "0" * 64


class Act(NamedTuple):
    """Who changed what; `details` are plain values, and never a secret."""

    actor: str
    action: str
    target: str
    details: Mapping[str, Any]


class Entry(NamedTuple):
    """An act in its place: `book` is whose entries these are, `seq` counts from 1."""

    book: str
    shard: int
    seq: int
    prev: str
    at: datetime
    act: Act
    hash: str

    @property
    def entry_id(self) -> str:
        """In the order of these, a chain stands together, from its first entry to its last."""
        return name_of(self.shard, self.seq)


class Head(NamedTuple):
    """The end of a chain: how many entries it has, and the hash of the last."""

    length: int = 0
    hash: str = START


class Anchor(NamedTuple):
    """How many entries were ever written to a chain, and what their hashes add up to, in lanes."""

    length: int = 0
    sums: tuple[int, ...] = (0,) * LANES

    def with_entry(self, hash_: str) -> "Anchor":
        added = zip(self.sums, lanes(hash_), strict=True)
        return Anchor(self.length + 1, tuple(map(sum, added)))


class Ends(NamedTuple):
    """The heads and the anchors of a book, by chain."""

    heads: Mapping[int, Head]
    anchors: Mapping[int, Anchor]


class Verdict(NamedTuple):
    """`broken_at` names the first entry that is not what its chain says, or is not there."""

    entries: int
    broken_at: str | None = None

    @property
    def valid(self) -> bool:
        return self.broken_at is None


def name_of(shard: int, seq: int) -> str:
    return f"{shard:x}-{seq:012d}"


def appended(book: str, shard: int, head: Head, act: Act, at: datetime) -> Entry:
    """The next entry of a chain."""
    entry = Entry(book, shard, head.length + 1, head.hash, at, act, "")
    return entry._replace(hash=digest(entry))


def digest(entry: Entry) -> str:
    """SHA-256 over everything else in the entry, the hash before it included."""
    said = [*entry[:4], rfc3339(entry.at), *entry.act[:3], dict(entry.act.details)]
    return hashlib.sha256(orjson.dumps(said, str, orjson.OPT_SORT_KEYS)).hexdigest()


def lanes(hash_: str) -> list[int]:
    return [int(hash_[at : at + DIGITS], 16) for at in range(0, LANES * DIGITS, DIGITS)]


class Walk:
    """Goes along the chains of one book, entry by entry in the order of their names."""

    def __init__(self, before: Ends) -> None:
        self._before = before
        self._ends: dict[int, Head] = {}
        self._sums: dict[int, Anchor] = {}
        self._broken: str | None = None
        self._seen = 0

    def step(self, name: str, entry: Entry) -> None:
        before, true_hash = self._ends.get(entry.shard, Head()), digest(entry)
        follows = (entry.seq, entry.prev) == (before.length + 1, before.hash)
        whole = name == entry.entry_id and entry.hash == true_hash
        if not (follows and whole):
            self._break(name_of(entry.shard, before.length + 1))
        if (
            entry.seq == self._head(entry.shard).length
            and entry.hash != self._head(entry.shard).hash
        ):
            self._break(name)
        self._ends[entry.shard] = Head(entry.seq, entry.hash)
        self._add(name, entry.shard, true_hash)
        self._seen += 1

    def verdict(self, now: Ends) -> Verdict:
        """`now` are the ends after the walk: entries may have been added on the way."""
        for shard in range(SHARDS):
            latest = now.heads.get(shard, Head()).length
            self._require(shard, self._head(shard).length, self._end(shard), latest)
            written = now.anchors.get(shard, Anchor()).length
            self._require(shard, self._anchor(shard).length, self._sum(shard).length, written)
        return Verdict(self._seen, self._broken)

    def _require(self, shard: int, least: int, reached: int, most: int) -> None:
        if not least <= reached <= most:
            self._break(name_of(shard, min(reached, most) + 1))

    def _add(self, name: str, shard: int, true_hash: str) -> None:
        """As far as the anchor had come before, it must come to the same."""
        added, anchor = self._sum(shard).with_entry(true_hash), self._anchor(shard)
        if added.length == anchor.length and added != anchor:
            self._break(name)
        self._sums[shard] = added

    def _end(self, shard: int) -> int:
        return self._ends.get(shard, Head()).length

    def _sum(self, shard: int) -> Anchor:
        return self._sums.get(shard, Anchor())

    def _head(self, shard: int) -> Head:
        return self._before.heads.get(shard, Head())

    def _anchor(self, shard: int) -> Anchor:
        return self._before.anchors.get(shard, Anchor())

    def _break(self, name: str) -> None:
        self._broken = min(self._broken or name, name)


def verified(
    entries: Iterable[tuple[str, Entry]], before: Ends, after: Callable[[], Ends]
) -> tuple[Verdict, Ends]:
    """Entries by their names, in order, held to the ends before and after they were read.

    None of them is kept, so that a long book takes no more memory than a short one.
    """
    walk = Walk(before)
    for name, entry in entries:
        walk.step(name, entry)
    now = after()
    return walk.verdict(now), now
