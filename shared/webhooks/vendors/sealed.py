"""Signing secrets under lock, by the envelopes of `shared/crypto`."""

import hashlib
import hmac

from shared.crypto.envelope import DataKey
from shared.crypto.models import Place, Unreadable
from shared.kernel.unsafe import UnsafeSettings

KEY_ID = "webhooks-1"
PURPOSE = b"hyphae webhook signing secrets"


class SealedSecrets:
    """Sealed for one endpoint, they open for no other. The key is made of the settings' pepper."""

    def __init__(self, pepper: bytes, environment: str) -> None:
        if not pepper:
            raise UnsafeSettings("HYPHAE_KEY_PEPPER is empty: anybody could open secrets.")
        secret = hmac.new(pepper, PURPOSE, hashlib.sha256).digest()
        self._key = DataKey(KEY_ID, secret, environment)

    def seal(self, webhook_id: str, tenant_id: str, text: str) -> str:
        return self._key.seal(_place(webhook_id, tenant_id), text.encode())

    def open(self, webhook_id: str, tenant_id: str, sealed: str) -> str | None:
        """None for what was not sealed for this endpoint, or with another pepper."""
        try:
            return self._key.open(_place(webhook_id, tenant_id), sealed).decode()
        except Unreadable:
            return None


def _place(webhook_id: str, tenant_id: str) -> Place:
    return Place(tenant_id, "webhook_endpoints", webhook_id, "secrets")
