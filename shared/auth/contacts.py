"""How people are reached: their e-mail, their devices, and whether they want to be."""

from collections.abc import Sequence
from typing import Any

from google.cloud import firestore
from google.cloud.firestore_v1.base_query import FieldFilter

from shared.auth.models import Contact
from shared.auth.standing import state
from shared.auth.tenant_rows import is_suspended
from shared.kernel.lenient import mapping, text, texts
from shared.platform import firestore as db
from shared.platform.wire import Wire

MOST_RECIPIENTS = 20
MOST_DEVICES = 20
HOLDERS = ["owner", "admin"]


class Contacts:
    """Reads `users/{userId}` and `tenants/{tenantId}/members`; drops devices that are gone."""

    def __init__(self, client: firestore.Client) -> None:
        self._client = client
        self._wire = Wire(client)

    def of_users(self, user_ids: Sequence[str]) -> list[Contact]:
        """Those who are there, in one call."""
        found = self._wire.get(f"users/{user_id}" for user_id in user_ids)
        return [
            _contact(path.removeprefix("users/"), user.document) for path, user in found.items()
        ]

    def of_tenant(self, tenant_id: str) -> list[Contact]:
        """Its owners and admins who are not suspended, of the first twenty."""
        members = self._client.collection("tenants").document(tenant_id).collection("members")
        holders = members.where(filter=FieldFilter("roles", "array_contains_any", HOLDERS))
        found = db.find(holders.limit(MOST_RECIPIENTS))
        active = [user_id for user_id, row in found if not is_suspended(row)]
        return self.of_users(active) if active else []

    def drop_push_token(self, user_id: str, token: str) -> None:
        user = self._client.collection("users").document(user_id)
        gone = {"settings.pushTokens": firestore.ArrayRemove([token])}
        with db.bounded():
            user.update(gone, retry=db.PATIENT, timeout=db.TIMEOUT_SECONDS)


def _contact(user_id: str, row: dict[str, Any]) -> Contact:
    settings = mapping(row.get("settings"))
    if settings.get("notifications") is False or state(f"users/{user_id}", row).ended:
        return Contact(user_id)
    devices = dict.fromkeys(texts(settings.get("pushTokens")))
    email = text(mapping(row.get("profile")).get("email")) or None
    return Contact(user_id, email, tuple(devices)[:MOST_DEVICES])
