"""When keys get another version, and what is known of the values under older ones."""

import re
from dataclasses import replace
from datetime import datetime, timedelta

from shared.crypto.models import Erased, KeyRing, WrappedKey
from shared.kernel.errors import Conflict
from shared.kernel.ids import derived_id

# NIST SP 800-57 part 1, 5.3.6: a key that encrypts data at rest serves at most two years.
ROTATED_EVERY = timedelta(days=90)
REMEMBERED = timedelta(minutes=5)
# Until then an instance may seal, and commit, under the version before.
SETTLING = 2 * REMEMBERED
MOST_VERSIONS = 200
NUMBER = re.compile(r"[0-9a-f]+-([1-9][0-9]{0,2})", re.ASCII)


def kid(tenant_id: str, number: int) -> str:
    """The name of a version of the tenant's key; it says nothing of the tenant."""
    return f"{derived_id('tenant_keys', tenant_id)}-{number}"


def number_of(ring: KeyRing, name: str) -> int | None:
    """Which version has this name."""
    written = NUMBER.fullmatch(name)
    number = int(written[1]) if written else 0
    known = 0 < number <= ring.newest and kid(ring.tenant_id, number) == name
    return number if known else None


def require_alive(ring: KeyRing) -> None:
    if ring.destroyed_at:
        raise Erased("The encryption key of this tenant was destroyed.")


def rotated(ring: KeyRing, version: WrappedKey) -> KeyRing:
    """Raises Erased, and Conflict for a ring that is full."""
    require_alive(ring)
    if ring.newest >= MOST_VERSIONS:
        raise Conflict(f"A key has at most {MOST_VERSIONS} versions.", reason="full_ring")
    return replace(ring, versions=(*ring.versions, version))


def destroyed(ring: KeyRing | None, tenant_id: str, now: datetime) -> KeyRing | None:
    """Without any versions, whether or not there were some; None where that is so already."""
    gone = ring is not None and ring.destroyed_at is not None
    return None if gone else KeyRing(tenant_id, (), destroyed_at=now)


def wants_rotation(ring: KeyRing, now: datetime) -> bool:
    return not ring.destroyed_at and now >= ring.versions[-1].made_at + ROTATED_EVERY


def wants_sweep(ring: KeyRing, now: datetime) -> bool:
    """Not before every instance seals with the newest version: what came later would be missed."""
    unsettled = not ring.destroyed_at and ring.settled < ring.newest
    return unsettled and now >= ring.versions[-1].made_at + SETTLING


def settled(ring: KeyRing, number: int) -> KeyRing | None:
    """After a sweep to that version; None if there is nothing new in it."""
    return replace(ring, settled=number) if ring.settled < number <= ring.newest else None


def next_turn(ring: KeyRing) -> datetime | None:
    """When the ring wants something again; never, once it is destroyed."""
    if ring.destroyed_at:
        return None
    wait = SETTLING if ring.settled < ring.newest else ROTATED_EVERY
    return ring.versions[-1].made_at + wait
