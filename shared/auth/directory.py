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
        self._known: Remembered[str, Tenant | None] = Remembered(REMEMBERED_SECONDS)

    def tenant(self, tenant_id: str) -> Tenant:
        """Raises NotFound where there is none."""
        return _there(self._known.get(f"id:{tenant_id}", partial(self._by_id, tenant_id)))

    def called(self, slug: str) -> Tenant:
        """Raises NotFound where no tenant has the slug."""
        return _there(self._known.get(f"slug:{slug}", partial(self._by_slug, slug)))

    def _by_id(self, tenant_id: str) -> Tenant | None:
        found = db.read(self._tenants.document(tenant_id))
        return _tenant(tenant_id, found[0]) if found else None

    def _by_slug(self, slug: str) -> Tenant | None:
        query = self._tenants.where(filter=FieldFilter("slug", "==", slug))
        return next((_tenant(name, row) for name, row in db.find(query.limit(1))), None)


def _there(tenant: Tenant | None) -> Tenant:
    if tenant is None:
        raise NotFound(reason="tenant")
    return tenant


def _tenant(tenant_id: str, row: dict[str, Any]) -> Tenant:
    return Tenant(
        tenant_id=tenant_id,
        slug=row["slug"],
        name=row["name"],
        status=row.get("status", "active"),
        products=tuple(row.get("products", ())),
        currency=row.get("currency", CURRENCY),
    )
