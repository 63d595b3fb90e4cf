"""The sync states of a tenant's products in Firestore: `tenants/{tenantId}/tenant_sync`."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any, NamedTuple

from google.cloud import firestore

from shared.auth.models import Tenant
from shared.catalogue.models import Place, Run, TenantSync
from shared.events.models import Recording
from shared.kernel.errors import DependencyUnavailable
from shared.platform.firestore import ATTEMPTS, AlreadyThere, ChangedMeanwhile, pause
from shared.platform.wire import Wire

Decide = Callable[[TenantSync], TenantSync]


class Stored(NamedTuple):
    """A state, and the update time to condition a write on; None where nothing is stored yet."""

    sync: TenantSync
    updated: Any | None


class TenantSyncs:
    """`tenants/{tenantId}/tenant_sync/{productType}`; where there is none, the sync is pending."""

    def __init__(self, client: firestore.Client) -> None:
        self._wire = Wire(client)

    def get(self, tenant_id: str, product_type: str) -> Stored:
        path = _path(tenant_id, product_type)
        found = self._wire.get([path]).get(path)
        if found is None:
            return Stored(TenantSync(product_type), None)
        return Stored(_sync(product_type, found.document), found.updated)

    def of(self, tenant: Tenant) -> Sequence[TenantSync]:
        """The state of each of the tenant's products, in one call."""
        paths = {product: _path(tenant.tenant_id, product) for product in tenant.products}
        found = self._wire.get(paths.values()) if paths else {}
        return [
            _sync(product, found[path].document) if path in found else TenantSync(product)
            for product, path in paths.items()
        ]

    def change(self, tenant_id: str, product_type: str, decide: Decide) -> TenantSync:
        for attempt in range(ATTEMPTS):
            before = self.get(tenant_id, product_type)
            after = decide(before.sync)
            if after == before.sync:
                return after
            try:
                self.save(tenant_id, before, after)
            except (AlreadyThere, ChangedMeanwhile):
                pause(attempt)
            else:
                return after
        raise DependencyUnavailable(reason="contention")

    def save(self, tenant_id: str, before: Stored, after: TenantSync, *told: Recording) -> None:
        """With the events that tell of it; raises AlreadyThere or ChangedMeanwhile."""
        path, document = _path(tenant_id, after.product_type), _document(tenant_id, after)
        if before.updated is None:
            write = self._wire.creation(path, document)
        else:
            write = self._wire.updating(path, document, before.updated)
        self._wire.commit([write, *(self._wire.creation(*event) for event in told)])


def _path(tenant_id: str, product_type: str) -> str:
    return f"tenants/{tenant_id}/tenant_sync/{product_type}"


def _document(tenant_id: str, sync: TenantSync) -> dict[str, Any]:
    return {
        "tenantId": tenant_id,
        "productType": sync.product_type,
        "syncStatus": sync.sync_status,
        "syncConfig": dict(sync.sync_config),
        "error": sync.error,
        "startedAt": sync.started_at,
        "lastSyncAt": sync.last_sync_at,
        "updatedAt": sync.updated_at,
        "run": _run_map(sync.run) if sync.run else None,
    }


def _run_map(run: Run) -> dict[str, Any]:
    return {
        "runId": run.run_id,
        "requestedAt": run.requested_at,
        "collection": run.place.collection,
        "after": run.place.after,
        "parts": run.parts,
        "endedAt": run.ended_at,
    }


def _sync(product_type: str, row: Mapping[str, Any]) -> TenantSync:
    return TenantSync(
        product_type=product_type,
        sync_status=row["syncStatus"],
        sync_config=row["syncConfig"],
        error=row["error"],
        started_at=row["startedAt"],
        last_sync_at=row["lastSyncAt"],
        updated_at=row["updatedAt"],
        run=_run(row["run"]) if row["run"] else None,
    )


def _run(row: Mapping[str, Any]) -> Run:
    return Run(
        run_id=row["runId"],
        requested_at=row["requestedAt"],
        place=Place(row["collection"], row["after"]),
        parts=row["parts"],
        ended_at=row["endedAt"],
    )
