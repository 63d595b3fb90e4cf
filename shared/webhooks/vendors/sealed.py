"""Signing secrets under lock, as sealed fields of `shared/crypto`."""

from shared.crypto.models import Erased, Place, Unreadable
from shared.crypto.service import Sealed


class SealedSecrets:
    """Sealed for one endpoint under its tenant's key, they open for no other."""

    def __init__(self, sealed: Sealed) -> None:
        self._sealed = sealed

    def seal(self, webhook_id: str, tenant_id: str, text: str) -> str:
        return self._sealed.seal(_place(webhook_id, tenant_id), text.encode())

    def open(self, webhook_id: str, tenant_id: str, sealed: str) -> str | None:
        try:
            return self._sealed.open(_place(webhook_id, tenant_id), sealed).decode()
        except (Unreadable, Erased):
            return None

    def renewed(self, webhook_id: str, tenant_id: str, sealed: str) -> str:
        return self._sealed.renewed(_place(webhook_id, tenant_id), sealed) or sealed


def _place(webhook_id: str, tenant_id: str) -> Place:
    return Place(tenant_id, "webhook_endpoints", webhook_id, "secrets")
