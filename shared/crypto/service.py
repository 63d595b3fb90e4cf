"""Use cases of keys: one for whom data is about; a newer version; and its end, for good."""

from dataclasses import replace

from shared.crypto.envelope import DataKey, kid_of, new_secret, prefixed
from shared.crypto.models import KeyEncryption, KeyRing, Unreadable, WrappedKey
from shared.crypto.store import KeyRings
from shared.kernel.clock import Clock
from shared.kernel.errors import Conflict, DependencyUnavailable, NotFound
from shared.kernel.ids import derived_id
from shared.platform.cache import Remembered

REMEMBERED_SECONDS = 300


class Erased(Conflict):
    """The subject's key is destroyed: nothing can be sealed for them any more."""

    def __init__(self) -> None:
        super().__init__("The personal data of this subject was erased.", reason="erased")


class DataKeys:
    """A key ring is read anew for each use, so its end is known everywhere at once.

    What an instance remembers, for five minutes, is only how a stored key is unwrapped.
    """

    def __init__(self, rings: KeyRings, kek: KeyEncryption, environment: str, clock: Clock) -> None:
        self._rings = rings
        self._kek = kek
        self._environment = environment
        self._clock = clock
        self._opened: Remembered[tuple[str, bytes], DataKey] = Remembered(REMEMBERED_SECONDS)

    def ring(self, tenant_id: str, subject: str) -> KeyRing | None:
        return self._rings.get(_key_id(tenant_id, subject))

    def ring_to_seal(self, tenant_id: str, subject: str) -> KeyRing:
        """The subject's ring, made on first use; raises Erased."""
        found = self.ring(tenant_id, subject) or self._made(tenant_id, subject)
        if found.destroyed_at:
            raise Erased
        return found

    def newest(self, ring: KeyRing) -> DataKey:
        """What seals."""
        return self._unwrapped(ring, len(ring.versions))

    def oldest(self, ring: KeyRing) -> DataKey:
        """What marks: the same for as long as the ring has keys."""
        return self._unwrapped(ring, 1)

    def key_of(self, ring: KeyRing, text: str) -> DataKey:
        """What a sealed value was sealed with; raises Unreadable where the ring has no such key."""
        kid = kid_of(text)
        for number in range(len(ring.versions), 0, -1):
            if ring.kid(number) == kid:
                return self._unwrapped(ring, number)
        raise Unreadable

    def rotate(self, tenant_id: str, subject: str) -> None:
        """Seal with a new key from now on; what older ones sealed stays readable."""

        def rotated(ring: KeyRing | None) -> KeyRing | None:
            if ring is None or ring.destroyed_at:
                raise NotFound(reason="no_key")
            return self._with_another(ring)

        self._rings.change(_key_id(tenant_id, subject), rotated)

    def destroy(self, tenant_id: str, subject: str) -> None:
        """End all of the subject's keys, once; raises NotFound where there never was one."""

        def destroyed(ring: KeyRing | None) -> KeyRing | None:
            if ring is None:
                raise NotFound(reason="no_key")
            ended = replace(ring, versions=(), destroyed_at=self._clock())
            return None if ring.destroyed_at else ended

        self._rings.change(_key_id(tenant_id, subject), destroyed)

    def _made(self, tenant_id: str, subject: str) -> KeyRing:
        key_id = _key_id(tenant_id, subject)
        fresh = self._with_another(KeyRing(key_id, tenant_id, subject, ()))
        if self._rings.add(fresh):
            return fresh
        faster = self._rings.get(key_id)
        if faster is None:
            raise DependencyUnavailable(reason="no_ring")
        return faster

    def _with_another(self, ring: KeyRing) -> KeyRing:
        kid = ring.kid(len(ring.versions) + 1)
        wrapped = self._kek.wrap(new_secret(), self._bound(kid, ring))
        return replace(ring, versions=(*ring.versions, WrappedKey(wrapped, self._kek.name)))

    def _unwrapped(self, ring: KeyRing, number: int) -> DataKey:
        kid, wrapped = ring.kid(number), ring.versions[number - 1].wrapped

        def opened() -> DataKey:
            secret = self._kek.unwrap(wrapped, self._bound(kid, ring))
            return DataKey(kid, secret, self._environment)

        return self._opened.get((kid, wrapped), opened)

    def _bound(self, kid: str, ring: KeyRing) -> bytes:
        return prefixed("dek1", self._environment, kid, ring.tenant_id, ring.subject)


def _key_id(tenant_id: str, subject: str) -> str:
    return derived_id("data_keys", tenant_id, subject)
