"""Use cases of endpoints: register, change, rotate, pause, test, and send what was missed."""

import base64
import secrets
from collections.abc import Sequence
from datetime import datetime
from typing import NamedTuple

from shared.events.models import BACKBONE, EVERYBODY, Event
from shared.kernel.clock import Clock, rfc3339
from shared.kernel.errors import Conflict
from shared.kernel.ids import new_id
from shared.kernel.pages import Page, decode_moment, page_behind
from shared.webhooks import rules
from shared.webhooks.missed import LONG_AGO, Missed
from shared.webhooks.models import DEAD, HELD, Attempt, Endpoint, Poster, Secret, new_webhook_id
from shared.webhooks.record import Record
from shared.webhooks.sending import Sender
from shared.webhooks.store import Endpoints

SECRET_BYTES = 32


class Draft(NamedTuple):
    """What a client says of an endpoint; None where it says nothing."""

    url: str | None = None
    event_types: Sequence[str] | None = None
    description: str | None = None
    ordered: bool | None = None
    enabled: bool | None = None


class Webhooks:
    """The endpoints of tenants, as their administrators see them."""

    def __init__(
        self,
        endpoints: Endpoints,
        missed: Missed,
        record: Record,
        sender: Sender,
        poster: Poster,
        clock: Clock,
    ) -> None:
        self._endpoints = endpoints
        self._missed = missed
        self._record = record
        self._sender = sender
        self._poster = poster
        self._clock = clock

    def register(self, tenant_id: str, draft: Draft) -> Endpoint:
        """Raises ValidationFailed for an address that may not be called, Conflict for too many."""
        self._poster.refuse(draft.url or "")
        now = self._clock()
        endpoint = Endpoint(
            webhook_id=new_webhook_id(tenant_id),
            tenant_id=tenant_id,
            url=draft.url or "",
            event_types=draft.event_types or (),
            description=draft.description or "",
            ordered=draft.ordered or False,
            created_at=now,
            updated_at=now,
            secrets=(Secret(new_secret()),),
            disabled=rules.PAUSED if draft.enabled is False else None,
        )
        if not self._endpoints.add(endpoint, rules.MOST_ENDPOINTS):
            raise Conflict(f"A tenant has at most {rules.MOST_ENDPOINTS} webhooks.")
        return endpoint

    def of(self, tenant_id: str) -> Sequence[Endpoint]:
        return self._endpoints.of(tenant_id)

    def get(self, webhook_id: str) -> Endpoint:
        return self._endpoints.get(webhook_id)

    def change(self, webhook_id: str, draft: Draft) -> Endpoint:
        """What was held meanwhile is sent once the endpoint is enabled again."""
        if draft.url is not None:
            self._poster.refuse(draft.url)
        now = self._clock()
        after = self._endpoints.change(webhook_id, lambda e: rules.edited(e, *draft, now=now))
        if draft.enabled:
            self._missed.put_back(webhook_id, LONG_AGO, HELD)
        return after or self.get(webhook_id)

    def remove(self, webhook_id: str) -> None:
        self._endpoints.remove(webhook_id)

    def rotate(self, webhook_id: str) -> Endpoint:
        """A new secret; the one before signs beside it for a day."""
        secret, now = new_secret(), self._clock()
        after = self._endpoints.change(webhook_id, lambda e: rules.rotated(e, secret, now))
        return after or self.get(webhook_id)

    def recover(self, webhook_id: str, since: datetime | None) -> int:
        """Enable it, and send again what is held or dead: all, or as recorded since; how many."""
        now = self._clock()
        self._endpoints.change(webhook_id, lambda e: rules.enabled(e, now))
        return self._missed.put_back(webhook_id, since or LONG_AGO, HELD, DEAD)

    def test(self, webhook_id: str) -> Attempt:
        """One request now, with an event of no consequence, whether or not it is enabled."""
        endpoint = self.get(webhook_id)
        event = Event(
            event_id=f"test_{new_id()}",
            event_type="webhook_test",
            source=BACKBONE,
            targets=(EVERYBODY,),
            payload={"webhookId": webhook_id},
            tenant_id=endpoint.tenant_id,
            recorded_at=self._clock(),
        )
        return self._sender.test(endpoint, event)

    def attempts(self, webhook_id: str, limit: int, cursor: str | None) -> Page[Attempt]:
        """Newest first."""
        scope = f"attempts:{webhook_id}"
        before = decode_moment(cursor, scope) if cursor else None
        found = self._record.newest(webhook_id, limit + 1, before)
        return page_behind(found, limit, scope, lambda last: (rfc3339(last.at), last.attempt_id))


def new_secret() -> str:
    """As Standard Webhooks writes them: `whsec_` and 24 to 64 random bytes in base64."""
    return f"whsec_{base64.b64encode(secrets.token_bytes(SECRET_BYTES)).decode()}"
