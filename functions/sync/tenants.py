"""The calls about a tenant, its products, and how far each has synced."""

from functions.sync.access import READ, READ_STATUS, WRITE_STATUS, tenant_of
from functions.sync.area import area
from functions.sync.schemas import (
    RunRequest,
    ServicePage,
    ServiceView,
    StatusRequest,
    SyncPage,
    SyncView,
    TenantView,
)
from shared.catalogue.models import ERROR, Report, TenantSync
from shared.entry.http import Call
from shared.entry.wire import Nothing, PageQuery
from shared.kernel.errors import FieldError, ValidationFailed
from shared.kernel.pages import Page, page_of
from shared.wiring import Wiring


@area.route("GET", "/tenants/<slug>", Nothing, TenantView)
def tenant(call: Call[Nothing], wiring: Wiring) -> TenantView:
    found = wiring.directory.called(call.path["slug"])
    wiring.auth.require(call.caller, READ, found.tenant_id)
    return TenantView(
        tenant_id=found.tenant_id,
        slug=found.slug,
        name=found.name,
        status=found.status,
        products=tuple(found.products),
        currency=found.currency,
    )


@area.route("GET", "/tenants/<tenant_id>/services", PageQuery, ServicePage)
def services(call: Call[PageQuery], wiring: Wiring) -> ServicePage:
    page = _page(call, wiring)
    return ServicePage(items=tuple(map(_service, page.items)), next_cursor=page.next_cursor)


@area.route("GET", "/tenants/<tenant_id>/status", PageQuery, SyncPage)
def statuses(call: Call[PageQuery], wiring: Wiring) -> SyncPage:
    page, tenant_id = _page(call, wiring), call.path["tenant_id"]
    items = tuple(_view(tenant_id, sync) for sync in page.items)
    return SyncPage(items=items, next_cursor=page.next_cursor)


@area.route("PUT", "/tenants/<tenant_id>/status/<product_type>", StatusRequest, SyncView)
def report(call: Call[StatusRequest], wiring: Wiring) -> SyncView:
    wanted, where = call.input, tenant_of(call, wiring, WRITE_STATUS)
    if wanted.error is not None and wanted.sync_status != ERROR:
        raise ValidationFailed([FieldError("/error", "no_error")])
    said = Report(wanted.sync_status, wanted.sync_config, wanted.error)
    sync = wiring.syncing.report(where, call.path["product_type"], said)
    return _view(where.tenant_id, sync)


@area.route("POST", "/tenants/<tenant_id>/run", RunRequest, SyncView, status=202)
def run(call: Call[RunRequest], wiring: Wiring) -> SyncView:
    """The same run while one is under way."""
    where, product = tenant_of(call, wiring, WRITE_STATUS), call.input.product_type
    if product not in where.products:
        raise ValidationFailed([FieldError("/productType", "not_found")])
    traceparent = call.headers.get("Traceparent", "")
    return _view(where.tenant_id, wiring.syncing.begin(where, product, traceparent))


def _page(call: Call[PageQuery], wiring: Wiring) -> Page[TenantSync]:
    where = tenant_of(call, wiring, READ_STATUS)
    found = {sync.product_type: sync for sync in wiring.syncing.of(where)}
    return page_of(found, f"syncs:{where.tenant_id}", call.input.limit, call.input.cursor)


def _service(sync: TenantSync) -> ServiceView:
    return ServiceView.model_validate(
        {
            "productType": sync.product_type,
            "syncStatus": sync.sync_status,
            "lastSyncAt": sync.last_sync_at,
        }
    )


def _view(tenant_id: str, sync: TenantSync) -> SyncView:
    return SyncView.model_validate(
        {
            "tenantId": tenant_id,
            "productType": sync.product_type,
            "syncStatus": sync.sync_status,
            "syncConfig": dict(sync.sync_config),
            "error": sync.error,
            "startedAt": sync.started_at,
            "lastSyncAt": sync.last_sync_at,
            "updatedAt": sync.updated_at,
            "runId": sync.run.run_id if sync.run else None,
        }
    )
