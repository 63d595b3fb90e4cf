"""The keys of tenants: made on first use, rotated, and destroyed for good."""

import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import NoReturn

from shared.crypto import rules
from shared.crypto.envelope import DataKey, new_secret, prefixed
from shared.crypto.models import KeyEncryption, KeyRing, Telling, Unreadable, WrappedKey
from shared.crypto.store import Decide, KeyRings
from shared.kernel.clock import Clock
from shared.kernel.errors import DependencyUnavailable, NotFound
from shared.platform.cache import Remembered
from shared.platform.wire import Found, Write

Missing = Callable[[str], KeyRing]


class _Nobody:
    """Hears of a change that nobody asked for."""

    paths: Sequence[str] = ()

    def writes(self, found: Mapping[str, Found]) -> Sequence[Write]:
        return ()


NOBODY = _Nobody()


class TenantKeys:
    """An instance asks the store and the key-encryption key once for a tenant, and remembers.

    So what happens to a ring is known everywhere five minutes later, and here at once.
    """

    def __init__(
        self,
        rings: KeyRings,
        kek: KeyEncryption,
        environment: str,
        clock: Clock,
        monotonic: Callable[[], float] = time.monotonic,
    ) -> None:
        self._rings = rings
        self._kek = kek
        self._environment = environment
        self._clock = clock
        seconds = rules.REMEMBERED.total_seconds()
        self._known: Remembered[str, KeyRing] = Remembered(seconds, monotonic=monotonic)
        self._opened: Remembered[tuple[str, bytes], DataKey] = Remembered(
            seconds, monotonic=monotonic
        )

    def newest(self, tenant_id: str) -> DataKey:
        """What seals; the first is made on first use. Raises Erased."""
        ring = self._ring(tenant_id, self._made)
        rules.require_alive(ring)
        return self._unwrapped(ring, ring.newest)

    def named(self, tenant_id: str, kid: str) -> DataKey:
        """What sealed a value; raises Erased, or Unreadable if the tenant has no such version."""
        ring = self._ring(tenant_id, _no_ring)
        if not ring.destroyed_at and rules.number_of(ring, kid) is None:
            # Another instance may have rotated meanwhile.
            self._known.forget(tenant_id)
            ring = self._ring(tenant_id, _no_ring)
        rules.require_alive(ring)
        number = rules.number_of(ring, kid)
        if number is None:
            raise Unreadable
        return self._unwrapped(ring, number)

    def look(self, tenant_id: str) -> KeyRing:
        """The ring as it is now; raises NotFound where there is none."""
        self._known.forget(tenant_id)
        return self._ring(tenant_id, _not_found)

    def due(self) -> Iterator[str]:
        """The tenants whose ring wants to be rotated or swept."""
        return self._rings.due(self._clock())

    def rotate(self, tenant_id: str, telling: Telling = NOBODY) -> KeyRing:
        """Seal with a new version from now on; raises NotFound, Erased, or Conflict if full."""

        def rotated(ring: KeyRing | None) -> KeyRing:
            return self._with_another(ring or _not_found(tenant_id))

        return self._changed(tenant_id, rotated, telling)

    def destroy(self, tenant_id: str, telling: Telling = NOBODY) -> KeyRing:
        """End every version, once and for good, and have none made ever after."""
        now = self._clock()
        return self._changed(tenant_id, lambda ring: rules.destroyed(ring, tenant_id, now), telling)

    def settle(self, tenant_id: str, number: int) -> None:
        """Note that nothing is sealed any more under versions before this one."""

        def settled(ring: KeyRing | None) -> KeyRing | None:
            return rules.settled(ring, number) if ring else None

        self._changed(tenant_id, settled, NOBODY)

    def _changed(self, tenant_id: str, decide: Decide, telling: Telling) -> KeyRing:
        self._rings.change(tenant_id, decide, telling)
        return self.look(tenant_id)

    def _ring(self, tenant_id: str, missing: Missing) -> KeyRing:
        return self._known.get(tenant_id, lambda: self._rings.get(tenant_id) or missing(tenant_id))

    def _made(self, tenant_id: str) -> KeyRing:
        fresh = self._with_another(KeyRing(tenant_id, ()))
        found = fresh if self._rings.add(fresh) else self._rings.get(tenant_id)
        if found is None:
            raise DependencyUnavailable(reason="no_ring")
        return found

    def _with_another(self, ring: KeyRing) -> KeyRing:
        bound = self._bound(rules.kid(ring.tenant_id, ring.newest + 1), ring.tenant_id)
        wrapped = self._kek.wrap(new_secret(), bound)
        return rules.rotated(ring, WrappedKey(wrapped, self._kek.name, self._clock()))

    def _unwrapped(self, ring: KeyRing, number: int) -> DataKey:
        kid, wrapped = rules.kid(ring.tenant_id, number), ring.versions[number - 1].wrapped

        def opened() -> DataKey:
            secret = self._kek.unwrap(wrapped, self._bound(kid, ring.tenant_id))
            return DataKey(kid, secret, self._environment)

        return self._opened.get((kid, wrapped), opened)

    def _bound(self, kid: str, tenant_id: str) -> bytes:
        return prefixed("dek2", self._environment, kid, tenant_id)


def _no_ring(_: str) -> NoReturn:
    raise Unreadable


def _not_found(_: str) -> NoReturn:
    raise NotFound(reason="no_key")
