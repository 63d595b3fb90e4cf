"""Tenants as they are called: by their id, or by the slug in their addresses."""

from functools import partial
from typing import Any

from google.cloud import firestore
from google.cloud.firestore_v1.base_query import FieldFilter

from shared.auth.models import Tenant
from shared.kernel.errors import NotFound
from shared.platform import firestore as db
from shared.platform.cache import Remembered

REMEMBERED_SECONDS = 10
CURRENCY = "USD"


class Directory:
    """Reads `tenants/{tenantId}`, and remembers for ten seconds what it found there."""

    def __init__(self, client: firestore.Client) -> None:
        self._tenants = client.collection("tenants")
        self._by_id: Remembered[str, Tenant] = Remembered(REMEMBERED_SECONDS)
        self._by_slug: Remembered[str, Tenant] = Remembered(REMEMBERED_SECONDS)

    def tenant(self, tenant_id: str) -> Tenant:
        """Raises NotFound where there is none."""
        return self._by_id.get(tenant_id, partial(self._read, tenant_id))

    def called(self, slug: str) -> Tenant:
        """Raises NotFound where no tenant has the slug."""
        return self._by_slug.get(slug, partial(self._find, slug))

    def _read(self, tenant_id: str) -> Tenant:
        found = db.read(self._tenants.document(tenant_id))
        if found is None:
            raise NotFound(reason="tenant")
        return _tenant(tenant_id, found[0])

    def _find(self, slug: str) -> Tenant:
        query = self._tenants.where(filter=FieldFilter("slug", "==", slug))
        for tenant_id, row in db.find(query.limit(1)):
            return _tenant(tenant_id, row)
        raise NotFound(reason="slug")


def _tenant(tenant_id: str, row: dict[str, Any]) -> Tenant:
    return Tenant(
        tenant_id=tenant_id,
        slug=row["slug"],
        name=row["name"],
        status=row.get("status", "active"),
        products=tuple(row.get("products", ())),
        currency=row.get("currency", CURRENCY),
    )
