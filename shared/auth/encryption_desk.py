"""Use cases of a tenant's encryption key: look at it, rotate it, destroy it for good."""

from collections.abc import Mapping, Sequence

from google.cloud import firestore

from shared.auth.audit import line_of, told
from shared.auth.chain import Act
from shared.auth.models import Caller
from shared.auth.service import Auth
from shared.auth.standing import tenant_path
from shared.crypto.models import KeyRing
from shared.crypto.tenant_keys import TenantKeys
from shared.kernel.clock import Clock
from shared.kernel.errors import NotFound
from shared.platform.wire import Found, Wire, Write

WRITE, END = "auth:encryption-key:write", "auth:tenant:delete"


class EncryptionDesk:
    def __init__(
        self, auth: Auth, keys: TenantKeys, client: firestore.Client, clock: Clock
    ) -> None:
        self._auth = auth
        self._keys = keys
        self._wire = Wire(client)
        self._clock = clock

    def look(self, caller: Caller, tenant_id: str) -> KeyRing:
        """Raises NotFound while nothing was ever sealed."""
        self._auth.require(caller, WRITE, tenant_id)
        return self._keys.look(tenant_id)

    def rotate(self, caller: Caller, tenant_id: str) -> KeyRing:
        self._auth.require(caller, WRITE, tenant_id)
        return self._keys.rotate(tenant_id, self._entry(caller, "rotate", tenant_id))

    def destroy(self, caller: Caller, tenant_id: str) -> KeyRing:
        """Cannot be undone. The same again changes nothing."""
        self._auth.require(caller, END, tenant_id)
        return self._keys.destroy(tenant_id, self._entry(caller, "destroy", tenant_id))

    def _entry(self, caller: Caller, action: str, tenant_id: str) -> "_Entry":
        act = Act(caller.name, f"encryption-key.{action}", tenant_id, {})
        return _Entry(self._wire, tenant_id, act, self._clock)


class _Entry:
    """The audit's entry of a change; there is none in a tenant that is not there."""

    def __init__(self, wire: Wire, tenant_id: str, act: Act, clock: Clock) -> None:
        self._wire = wire
        self._tenant = tenant_path(tenant_id)
        self._line = line_of(tenant_id)
        self._act = act
        self._clock = clock
        self.paths: Sequence[str] = (self._tenant, self._line.path)

    def writes(self, found: Mapping[str, Found]) -> Sequence[Write]:
        if self._tenant not in found:
            raise NotFound(reason="tenant")
        return told(self._wire, self._line, found, self._act, self._clock())
