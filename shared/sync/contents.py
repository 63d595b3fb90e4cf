"""Digests of what stands in a document."""

import zlib
from collections.abc import Collection

from shared.sync.models import Fields


def content_of(fields: Fields) -> str:
    """A short mark of all the values together."""
    parts = [b"%d:%s%d:%s" % (len(n), n, len(v), v) for n, v in _encoded(fields)]
    return f"{zlib.crc32(b''.join(parts)):08x}"


def digests(fields: Fields) -> dict[str, int]:
    """A short mark of each value."""
    return {name: digest_of(value) for name, value in fields.items()}


def digest_of(value: bytes) -> int:
    return zlib.crc32(value)


def _encoded(fields: Fields) -> Collection[tuple[bytes, bytes]]:
    return [(name.encode(), fields[name]) for name in sorted(fields)]
