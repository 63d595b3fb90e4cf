"""Stamps of a hybrid logical clock: strings that sort as their moments do.

`{physical_us:016x}{counter:04x}-{node}`, where the node is the alias of a project. A stamp that
had to run ahead of its own clock ends in `~{clock_us:016x}`, so that no two are ever alike.
"""

import re
import zlib
from collections.abc import Iterable

Stamp = str

NEVER: Stamp = ""  # below every stamp: not stamped yet
COUNTERS = 0x10000
TAG = "#"
WELL_FORMED = re.compile(r"[0-9a-f]{20}-[a-z0-9-]{1,63}(~[0-9a-f]{16})?", re.ASCII)


def stamp_at(moment_us: int, node: str, counter: int = 0) -> Stamp:
    return f"{moment_us:016x}{counter:04x}-{node}"


def stamp_above(moment_us: int, node: str, known: Iterable[Stamp]) -> Stamp:
    """The stamp of a write at this moment by one who knew these stamps (the receive rule)."""
    latest = max(known, default=NEVER)
    if latest[:16] < f"{moment_us:016x}":
        return stamp_at(moment_us, node)
    carry, counter = divmod(int(latest[16:20], 16) + 1, COUNTERS)
    physical = int(latest[:16], 16) + carry
    return f"{physical:016x}{counter:04x}-{node}~{moment_us:016x}"


def is_ahead(stamp: Stamp, moment_us: int) -> bool:
    return stamp[:16] > f"{moment_us:016x}"


def physical_us(stamp: Stamp) -> int:
    return int(stamp[:16], 16)


def clock_us(stamp: Stamp) -> int:
    """What the clock said that the stamp was made by."""
    return int(stamp.partition("~")[2] or stamp[:16], 16)


def node_of(stamp: Stamp) -> str:
    return stamp[21:].partition("~")[0]


def latest_of_each(stamps: Iterable[Stamp], but: str) -> tuple[Stamp, ...]:
    """The latest stamp of each node but one, sorted."""
    found: dict[str, Stamp] = {}
    for stamp in stamps:
        node = node_of(stamp)
        if node and node != but and stamp > found.get(node, NEVER):
            found[node] = stamp
    return tuple(sorted(found.values()))


def tagged(stamp: Stamp, part: str) -> str:
    """The write of one part of a document, which keeps nothing of the part's name."""
    return f"{stamp}{TAG}{zlib.crc32(part.encode()):08x}"


def is_stamp(text: object, latest_us: int) -> bool:
    """Whether this is a stamp, and from no later than that moment."""
    return (
        isinstance(text, str)
        and WELL_FORMED.fullmatch(text) is not None
        and physical_us(text) <= latest_us
    )
