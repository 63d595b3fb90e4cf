"""What comes with a new user, in the commit that makes them: all of it, or no user."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from shared.auth.models import Identity
from shared.events.models import EVERYBODY, Event
from shared.events.service import EventBus
from shared.kernel.ids import derived_uuid
from shared.tokens.documents import OPENED_BY, account_document
from shared.tokens.models import Policy
from shared.tokens.periods import open_account

REGISTERED = "user_registered"
ROLE = "viewer"


class Welcome:
    """The token account, the event that tells of the user, the membership in a home tenant."""

    def __init__(self, bus: EventBus, policy: Policy) -> None:
        self._bus = bus
        self._policy = policy

    def documents(
        self, user_id: str, identity: Identity, tenant_id: str | None, now: datetime
    ) -> list[tuple[str, Mapping[str, Any]]]:
        told = self._event(user_id, identity, tenant_id, now)
        found = [self._account(user_id, tenant_id, now), told]
        return found + ([_membership(user_id, tenant_id)] if tenant_id else [])

    def _account(
        self, user_id: str, tenant_id: str | None, now: datetime
    ) -> tuple[str, Mapping[str, Any]]:
        """Marked, until something happens to it: an administrator may still open it otherwise."""
        opened = open_account(user_id, "free", self._policy, now, now, organization_id=tenant_id)
        return f"token_balances/{user_id}", account_document(opened) | {OPENED_BY: REGISTERED}

    def _event(
        self, user_id: str, identity: Identity, tenant_id: str | None, now: datetime
    ) -> tuple[str, Mapping[str, Any]]:
        return self._bus.recording(
            Event(
                event_id=derived_uuid("announced", REGISTERED, user_id),
                event_type=REGISTERED,
                source="hyphae",
                targets=(EVERYBODY,),
                payload={"userId": user_id, "project": identity.project, "tenantId": tenant_id},
                tenant_id=tenant_id,
                recorded_at=now,
                subject=user_id,
            )
        )


def _membership(user_id: str, tenant_id: str) -> tuple[str, Mapping[str, Any]]:
    row = {"tenantId": tenant_id, "userId": user_id, "roles": [ROLE], "version": 1}
    return f"tenants/{tenant_id}/members/{user_id}", row
