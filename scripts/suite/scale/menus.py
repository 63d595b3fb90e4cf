"""A menu's operations, prepared to be counted."""

from functools import partial
from typing import Any
from uuid import uuid4

from scripts.suite.scale.scene import Act, Counted, Scene
from shared.auth.models import Tenant
from shared.catalogue.messages import RunMessage
from shared.catalogue.models import ITEMS, SECTIONS, SUCCESS, Kind, Menu, Report
from shared.catalogue.runs import PART

SECTION: dict[str, Any] = {"name": "Tacos", "description": "", "position": 0}
ITEM: dict[str, Any] = {
    "name": "Taco al pastor",
    "description": "Con piña",
    "price": 450,
    "currency": "USD",
    "categoryId": None,
    "available": True,
    "position": 0,
    "imageUrl": None,
}
SMP = "SMP"


def add(scene: Scene) -> Act:
    wiring, tenant = _restaurant(scene)
    return partial(wiring.catalogue.add, Menu(tenant, ITEMS), ITEM, SMP, None)


def add_in_section(scene: Scene) -> Act:
    wiring, tenant = _restaurant(scene)
    fields = ITEM | {"categoryId": _added(wiring, tenant, SECTIONS, SECTION)}
    return partial(wiring.catalogue.add, Menu(tenant, ITEMS), fields, SMP, None)


def edit(scene: Scene) -> Act:
    return _edit(scene, {"price": 500})


def edit_nothing(scene: Scene) -> Act:
    return _edit(scene, ITEM)


def remove(scene: Scene) -> Act:
    wiring, tenant = _restaurant(scene)
    one = _added(wiring, tenant, ITEMS, ITEM)
    return partial(wiring.catalogue.remove, Menu(tenant, ITEMS), one, SMP, None)


def remove_section(scene: Scene) -> Act:
    wiring, tenant = _restaurant(scene)
    one = _added(wiring, tenant, SECTIONS, SECTION)
    return partial(wiring.catalogue.remove, Menu(tenant, SECTIONS), one, SMP, None)


def listed(scene: Scene) -> Act:
    wiring, tenant = _restaurant(scene)
    for _ in range(20):
        _added(wiring, tenant, ITEMS, ITEM)
    return partial(wiring.catalogue.page, Menu(tenant, ITEMS), 20, None)


def services(scene: Scene) -> Act:
    wiring, tenant = _restaurant(scene)
    return partial(wiring.syncing.of, tenant)


def report(scene: Scene) -> Act:
    wiring, tenant = _restaurant(scene)
    wiring.syncing.report(tenant, SMP, Report("syncing"))
    return partial(wiring.syncing.report, tenant, SMP, Report(SUCCESS))


def run(scene: Scene) -> Act:
    """A run that one part does not end, and its message."""
    wiring, tenant = _restaurant(scene)
    for _ in range(PART + PART // 2):
        _added(wiring, tenant, ITEMS, ITEM)

    def act() -> None:
        begun = wiring.syncing.begin(tenant, SMP)
        run_id = begun.run.run_id if begun.run else ""
        message = RunMessage(tenant_id=tenant.tenant_id, product_type=SMP, run_id=run_id)
        wiring.syncing.go_on(message)

    return act


def _edit(scene: Scene, changes: dict[str, Any]) -> Act:
    wiring, tenant = _restaurant(scene)
    one = _added(wiring, tenant, ITEMS, ITEM)
    return partial(wiring.catalogue.edit, Menu(tenant, ITEMS), one, changes, SMP, None)


def _restaurant(scene: Scene) -> tuple[Counted, Tenant]:
    """An instance that knows the tenant, which is remembered for ten seconds."""
    wiring, name = scene.instance(), f"scale-{uuid4().hex}"
    wiring.tenants.put_tenant(name, name, "Las Reinas", ("ORDERING", SMP))
    return wiring, wiring.directory.tenant(name)


def _added(wiring: Counted, tenant: Tenant, kind: Kind, fields: dict[str, Any]) -> str:
    return wiring.catalogue.add(Menu(tenant, kind), fields, SMP, None).entry.entry_id
