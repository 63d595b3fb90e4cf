"""`webhook_endpoints/{tenantId}`: the endpoints of a tenant, all in one document.

An endpoint's id names its tenant, so that it is found without a search.
"""

from collections.abc import Callable, Sequence
from contextlib import suppress
from functools import partial
from typing import NamedTuple

from google.cloud import firestore

from shared.kernel.errors import DependencyUnavailable, NotFound
from shared.platform import firestore as db
from shared.platform.wire import Wire
from shared.webhooks.documents import endpoint_document, read_endpoint, renewed_endpoint
from shared.webhooks.known import Known
from shared.webhooks.models import Endpoint, Secrets, tenant_of

COLLECTION = "webhook_endpoints"
Decide = Callable[[Endpoint], Endpoint | None]


class _Tenant(NamedTuple):
    """What a tenant has: as it is stored, and as it is used."""

    document: db.Document
    endpoints: Sequence[Endpoint]


class Endpoints:
    """Every change is made on what was read, and only if that still holds."""

    def __init__(self, client: firestore.Client, secrets: Secrets) -> None:
        self._client = client
        self._secrets = secrets
        self._known = Known(Wire(client), COLLECTION, self._tenant)

    def of(self, tenant_id: str) -> Sequence[Endpoint]:
        """As they are; what is found under an older key is sealed anew."""
        found = self._known.now(tenant_id)
        if self._renewed(tenant_id, found.document):
            with suppress(DependencyUnavailable):  # the next reader, or the sweep, does it
                self.renew(tenant_id, "")
        return found.endpoints

    def at(self, tenant_id: str, moment: int) -> Sequence[Endpoint]:
        """The endpoints as they were then (nanoseconds, the store's clock) or later, at most some
        seconds ago."""
        return self._known.at(tenant_id, moment).endpoints

    def get(self, webhook_id: str) -> Endpoint:
        found = self.of(tenant_of(webhook_id))
        endpoint = next((e for e in found if e.webhook_id == webhook_id), None)
        if endpoint is None:
            raise NotFound(reason="webhook")
        return endpoint

    def add(self, endpoint: Endpoint, most: int) -> bool:
        """False where the tenant has as many as it may."""

        def added(document: db.Document) -> db.Document | None:
            there = document.get("endpoints", {})
            if len(there) >= most:
                return None
            return {"endpoints": there | {endpoint.webhook_id: self._document(endpoint)}}

        return db.change(self._client, self._reference(endpoint.tenant_id), added)

    def change(self, webhook_id: str, decide: Decide) -> Endpoint | None:
        """The endpoint after it; None where `decide` wants none. Raises NotFound."""
        tenant_id = tenant_of(webhook_id)
        made: list[Endpoint] = []

        def changed(document: db.Document) -> db.Document | None:
            made.clear()
            there = document.get("endpoints", {})
            after = decide(self._endpoint(webhook_id, tenant_id, there))
            if after is None:
                return None
            made.append(after)
            return {"endpoints": there | {webhook_id: self._document(after)}}

        db.change(self._client, self._reference(tenant_id), changed)
        return made[0] if made else None

    def remove(self, webhook_id: str) -> None:
        tenant_id = tenant_of(webhook_id)

        def removed(document: db.Document) -> db.Document:
            there = document.get("endpoints", {})
            if webhook_id not in there:
                raise NotFound(reason="webhook")
            return {"endpoints": {name: row for name, row in there.items() if name != webhook_id}}

        db.change(self._client, self._reference(tenant_id), removed)

    def renew(self, tenant_id: str, after: str) -> None:
        """A tenant has one document: one page."""
        del after
        renewed = partial(self._renewed, tenant_id)
        db.change(self._client, self._reference(tenant_id), renewed)

    def _renewed(self, tenant_id: str, document: db.Document) -> db.Document | None:
        """None where every secret is under the newest key."""
        there = document.get("endpoints", {})
        after = {
            name: renewed_endpoint(name, tenant_id, row, self._secrets)
            for name, row in there.items()
        }
        return {"endpoints": after} if after != there else None

    def _reference(self, tenant_id: str) -> firestore.DocumentReference:
        return self._client.collection(COLLECTION).document(tenant_id)

    def _document(self, endpoint: Endpoint) -> db.Document:
        return endpoint_document(endpoint, self._secrets)

    def _endpoint(self, webhook_id: str, tenant_id: str, rows: db.Document) -> Endpoint:
        if webhook_id not in rows:
            raise NotFound(reason="webhook")
        return read_endpoint(webhook_id, tenant_id, rows[webhook_id], self._secrets)

    def _tenant(self, tenant_id: str, document: db.Document) -> _Tenant:
        rows = document.get("endpoints", {})
        found = [self._endpoint(name, tenant_id, rows) for name in rows]
        found.sort(key=lambda endpoint: (endpoint.created_at, endpoint.webhook_id))
        return _Tenant(document, found)
