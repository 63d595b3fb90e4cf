"""A key for each person or thing that data is about, so that each can be forgotten alone."""

from contextlib import suppress
from dataclasses import replace

from shared.crypto.envelope import DataKey, new_secret
from shared.crypto.models import Erased, Place, SubjectKey
from shared.crypto.service import Sealed
from shared.crypto.store import PAGE, StoredSubjectKeys
from shared.kernel.clock import Clock
from shared.kernel.errors import DependencyUnavailable, NotFound
from shared.kernel.ids import derived_id


class SubjectKeys:
    """A key is read anew for each use, so its end is known everywhere at once.

    It is sealed under the tenant's key as any field is: rotating that one seals it anew, and what
    the subject's key sealed stays as it is.
    """

    def __init__(
        self, keys: StoredSubjectKeys, sealed: Sealed, environment: str, clock: Clock
    ) -> None:
        self._keys = keys
        self._sealed = sealed
        self._environment = environment
        self._clock = clock

    def key(self, tenant_id: str, subject: str) -> DataKey | None:
        """None where there is none, or none any more."""
        stored = self._keys.get(_key_id(tenant_id, subject))
        with suppress(Erased):
            return self._opened(stored) if stored else None
        return None

    def key_to_seal(self, tenant_id: str, subject: str) -> DataKey:
        """The subject's key, made on first use; raises Erased."""
        stored = self._keys.get(_key_id(tenant_id, subject))
        return self._opened(stored or self._made(tenant_id, subject))

    def destroy(self, tenant_id: str, subject: str) -> None:
        """End the subject's key, once; raises NotFound where there never was one."""
        now = self._clock()

        def destroyed(key: SubjectKey | None) -> SubjectKey | None:
            if key is None:
                raise NotFound(reason="no_key")
            return None if key.destroyed_at else replace(key, sealed="", destroyed_at=now)

        self._keys.change(_key_id(tenant_id, subject), destroyed)

    def renew(self, tenant_id: str, after: str) -> str | None:
        page = self._keys.page(tenant_id, after)
        for key in page:
            self._renew(key)
        return page[-1].key_id if len(page) == PAGE else None

    def _opened(self, key: SubjectKey) -> DataKey:
        if key.destroyed_at:
            raise Erased
        secret = self._sealed.open(_place(key), key.sealed)
        with suppress(DependencyUnavailable):  # the next reader, or the sweep, does it
            self._renew(key)
        return DataKey(f"{key.key_id}-1", secret, self._environment)

    def _renew(self, key: SubjectKey) -> None:
        if text := self._sealed.renewed(_place(key), key.sealed):
            after = replace(key, sealed=text)
            self._keys.change(key.key_id, lambda found: after if found == key else None)

    def _made(self, tenant_id: str, subject: str) -> SubjectKey:
        fresh = SubjectKey(_key_id(tenant_id, subject), tenant_id, subject, "")
        fresh = replace(fresh, sealed=self._sealed.seal(_place(fresh), new_secret()))
        found = fresh if self._keys.add(fresh) else self._keys.get(fresh.key_id)
        if found is None:
            raise DependencyUnavailable(reason="no_key")
        return found


def _place(key: SubjectKey) -> Place:
    return Place(key.tenant_id, "data_keys", key.key_id, "sealed")


def _key_id(tenant_id: str, subject: str) -> str:
    return derived_id("data_keys", tenant_id, subject)
