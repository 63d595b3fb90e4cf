"""Keys as they are decided upon and stored, and the port to what locks them away."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import NamedTuple, Protocol


class Place(NamedTuple):
    """Where a value stands. Sealed there, it opens nowhere else."""

    tenant_id: str
    collection: str
    document: str
    field: str


class WrappedKey(NamedTuple):
    """A data key as it is stored, and the name of the key-encryption key that wrapped it."""

    wrapped: bytes
    kek: str


@dataclass(frozen=True, slots=True)
class KeyRing:
    """The data keys of one subject of a tenant, oldest first; the newest seals.

    Destroyed, it has none, and never gets another: what they sealed is unreadable for good.
    """

    key_id: str
    tenant_id: str
    subject: str
    versions: Sequence[WrappedKey]
    destroyed_at: datetime | None = None

    def kid(self, number: int) -> str:
        """The name of a version; they count from 1."""
        return f"{self.key_id}-{number}"


class KeyEncryption(Protocol):
    """The key-encryption key: it never leaves where it lives. `bound` must be the same again."""

    name: str

    def wrap(self, key: bytes, bound: bytes) -> bytes: ...

    def unwrap(self, wrapped: bytes, bound: bytes) -> bytes:
        """Raises Unreadable for what this key, or another binding, did not wrap."""
        ...


class Unreadable(Exception):
    """Not a sealed value, not sealed here, or not by this key: nobody learns which."""
