"""Keys as they are decided upon and stored, and the ports to what locks them away."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import NamedTuple, Protocol

from shared.kernel.errors import Conflict
from shared.platform.wire import Found, Write


class Place(NamedTuple):
    """Where a value stands. Sealed there, it opens nowhere else."""

    tenant_id: str
    collection: str
    document: str
    field: str


class WrappedKey(NamedTuple):
    """A version of a key as it is stored: wrapped by the key-encryption key of this name."""

    wrapped: bytes
    kek: str
    made_at: datetime


@dataclass(frozen=True, slots=True)
class KeyRing:
    """The versions of a tenant's key, oldest first and counted from 1; the newest seals.

    `settled`: nothing is sealed under an older version than this one any more. Destroyed, the ring
    has no versions, and never gets another: what they sealed is unreadable for good.
    """

    tenant_id: str
    versions: Sequence[WrappedKey]
    settled: int = 1
    destroyed_at: datetime | None = None

    @property
    def newest(self) -> int:
        return len(self.versions)


@dataclass(frozen=True, slots=True)
class SubjectKey:
    """The one key of whom data is about, sealed under the tenant's; destroyed, there is none."""

    key_id: str
    tenant_id: str
    subject: str
    sealed: str
    destroyed_at: datetime | None = None


class KeyEncryption(Protocol):
    """The key-encryption key: it never leaves where it lives. `bound` must be the same again."""

    name: str

    def wrap(self, key: bytes, bound: bytes) -> bytes: ...

    def unwrap(self, wrapped: bytes, bound: bytes) -> bytes:
        """Raises Unreadable for what this key, or another binding, did not wrap."""
        ...


class Kept(Protocol):
    """A store with sealed fields, as the sweep sees it."""

    def renew(self, tenant_id: str, after: str) -> str | None:
        """Seal under the newest key what a page of the tenant's documents behind `after` holds.

        Returns where the page ended, None at the end. Doing it again changes nothing.
        """
        ...


class Telling(Protocol):
    """What is told of a ring's change, in its own commit."""

    paths: Sequence[str]  # what is to be read along

    def writes(self, found: Mapping[str, Found]) -> Sequence[Write]:
        """Raises what forbids the change."""
        ...


class Unreadable(Conflict):
    """Not a sealed value, not sealed here, or not by this key: nobody learns which."""

    def __init__(self, detail: str = "A sealed value does not open.") -> None:
        super().__init__(detail, reason="unreadable")


class Erased(Conflict):
    """The key is destroyed: nothing it sealed opens, and nothing is sealed any more."""

    def __init__(self, detail: str = "The personal data of this subject was erased.") -> None:
        super().__init__(detail, reason="erased")
