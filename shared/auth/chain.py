"""The audit's chains: each entry holds the hash of the one before, and a head counts them.

A tenant's entries are in sixteen chains, so that changes that meet seldom wait for each other. A
changed, removed or swapped entry breaks its chain; one removed from the end misses in the head.
"""

import hashlib
from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any, NamedTuple

import orjson

from shared.kernel.clock import rfc3339

SHARDS = 16
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


class Walk:
    """Goes along the chains of one book, entry by entry in the order of their names."""

    def __init__(self, heads: Mapping[int, Head]) -> None:
        self._heads = heads
        self._ends: dict[int, Head] = {}
        self._broken: str | None = None
        self._seen = 0

    def step(self, name: str, entry: Entry) -> None:
        before = self._ends.get(entry.shard, Head())
        follows = (entry.seq, entry.prev) == (before.length + 1, before.hash)
        whole = name == entry.entry_id and entry.hash == digest(entry)
        if not (follows and whole):
            self._break(name_of(entry.shard, before.length + 1))
        if (
            entry.seq == self._head(entry.shard).length
            and entry.hash != self._head(entry.shard).hash
        ):
            self._break(name)
        self._ends[entry.shard] = Head(entry.seq, entry.hash)
        self._seen += 1

    def verdict(self, now: Mapping[int, Head]) -> Verdict:
        """`now` are the heads after the walk: entries may have been added on the way."""
        for shard in range(SHARDS):
            reached = self._ends.get(shard, Head()).length
            latest = now.get(shard, Head()).length
            if not self._head(shard).length <= reached <= latest:
                self._break(name_of(shard, min(reached, latest) + 1))
        return Verdict(self._seen, self._broken)

    def _head(self, shard: int) -> Head:
        return self._heads.get(shard, Head())

    def _break(self, name: str) -> None:
        self._broken = min(self._broken or name, name)


def verified(
    entries: Iterable[tuple[str, Entry]], heads: Mapping[int, Head], now: Mapping[int, Head]
) -> Verdict:
    """Entries by their names, in order, held to the heads before and after they were read."""
    walk = Walk(heads)
    for name, entry in entries:
        walk.step(name, entry)
    return walk.verdict(now)
