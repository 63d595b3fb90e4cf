"""Signatures as Standard Webhooks has them (https://www.standardwebhooks.com), by its library."""

from collections.abc import Mapping, Sequence
from datetime import datetime


class StandardSigner:
    """Signs with HMAC-SHA256, scheme `v1`."""

    def headers(
        self, message_id: str, at: datetime, body: str, secrets: Sequence[str]
    ) -> Mapping[str, str]:
        from standardwebhooks import Webhook

        signatures = [Webhook(secret).sign(message_id, at, body) for secret in secrets]
        return {
            "webhook-id": message_id,
            "webhook-timestamp": str(int(at.timestamp())),
            "webhook-signature": " ".join(signatures),
        }
