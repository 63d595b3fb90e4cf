"""What sync knows: cells, replicas, versions of documents, and what becomes of them."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType

from shared.sync.stamps import NEVER, Stamp

Fields = Mapping[str, bytes]  # each a serialised protobuf Value, exact
Knowledge = tuple[Stamp, ...]  # stamps of writes that somebody had seen, sorted
NOTHING: Mapping[str, bytes] = MappingProxyType({})


@dataclass(frozen=True, slots=True)
class Cell:
    """A value of a register (None: removed), when it was written, and when last seen.

    Whoever edits a document sees all of it: the edit says of every field that it was still so.
    `knew` is what its writer had seen of this very field: the latest write of each other project.
    """

    stamp: Stamp
    seen: Stamp
    value: bytes | None
    knew: Knowledge = ()

    @property
    def rank(self) -> tuple[Stamp, Stamp, bool, bytes, Knowledge]:
        return self.stamp, self.seen, self.value is not None, self.value or b"", self.knew


Front = tuple[Cell, ...]  # of one register, never empty: the first cell shows


@dataclass(frozen=True, slots=True)
class Replica:
    """All that is known of a document: its registers, and when it was last deleted.

    A field is a register of its name, or several that its policy makes of it (policies.py).
    `knew` are the writes that the one who deleted it had seen.
    """

    cells: Mapping[str, Front] = field(default_factory=dict)
    deleted: Stamp = NEVER
    knew: Knowledge = ()

    @property
    def alive(self) -> bool:
        return bool(self.cells) or not self.deleted


@dataclass(frozen=True, slots=True)
class Write:
    """Who wrote a version, for which event, over that version (0: over nothing).

    It is the engine, or a product that stamps its own writes (client.py).
    """

    node: str
    event: str
    over: int
    at: int = 0  # the server's time of the request, filled in by it where `over` is 0
    by_engine: bool = True


@dataclass(frozen=True, slots=True)
class Marks:
    """The `_sync` map of a document: a replica without the values that show.

    `seen` holds only the fields that were last seen at another moment than the latest stamp,
    `hidden` the cells whose value does not stand in the document, `content` a digest of what the
    engine left there (empty: unknown), and `awaits` the version of a user (its update time) whose
    change has not come yet (0: none). `knew` is what the writers of what shows had seen, and
    `buried` what the one of the last deletion had. `told` are digests of the values that somebody
    has told of (None: not kept yet), `displayed` the cells of which those are where others wait
    (None: there was nothing), `scope` is the digest of what travelled then, and `schema` the
    version of the schema that its fields are of (0: the first, or no schema).
    """

    stamps: Mapping[str, Stamp] = field(default_factory=dict)
    seen: Mapping[str, Stamp] = field(default_factory=dict)
    deleted: Stamp = NEVER
    hidden: Mapping[str, Front] = field(default_factory=dict)
    content: str = ""
    awaits: int = 0
    write: Write | None = None
    knew: Mapping[str, Knowledge] = field(default_factory=dict)
    buried: Knowledge = ()
    told: Mapping[str, int] | None = None
    displayed: Mapping[str, Cell | None] = field(default_factory=dict)
    scope: str = ""
    schema: int = 0


@dataclass(frozen=True, slots=True)
class Version:
    """A document as it was stored: `marks` is None when its last writer dropped them.

    `upgrade` is what its stored fields lack of how it is seen here, in the newest version of its
    schema (None: to remove); None in one that is seen as it was stored.
    """

    fields: Fields
    marks: Marks | None
    created: int
    updated: int
    upgrade: Mapping[str, bytes | None] | None = None


@dataclass(frozen=True, slots=True)
class Tombstone:
    """What stays of a deleted document: when it was deleted, and nothing of what it held.

    `removed` are the versions (update times) that the engine itself deleted, `over` is the one
    that a product deleted with this very stamp (0: none), and `knew` what its deleter had seen.
    """

    deleted: Stamp
    removed: tuple[int, ...] = ()
    updated: int = 0
    knew: Knowledge = ()
    over: int = 0


@dataclass(frozen=True, slots=True)
class Found:
    """A document and its tombstone; `looked` says whether the tombstone was looked for."""

    document: Version | None
    tombstone: Tombstone | None = None
    looked: bool = False


@dataclass(frozen=True, slots=True)
class Place:
    """Where a document lives."""

    project: str
    collection: str
    document_id: str

    @property
    def path(self) -> str:
        return f"{self.collection}/{self.document_id}"


@dataclass(frozen=True, slots=True)
class Change:
    """A document before and after, with the time of the event in microseconds."""

    place: Place
    event_id: str
    time_us: int
    old: Version | None
    new: Version | None
    raw: bytes = field(default=b"", repr=False)


@dataclass(frozen=True, slots=True)
class Keep:
    """The document shall exist: `changes` are its fields to write (None: to remove)."""

    changes: Mapping[str, bytes | None]
    marks: Marks


@dataclass(frozen=True, slots=True)
class Bury:
    """The document shall not exist; `remove` it where it still does."""

    tombstone: Tombstone
    remove: bool


@dataclass(frozen=True, slots=True)
class Peer:
    """Where changes of a collection go."""

    project: str
    collection: str
