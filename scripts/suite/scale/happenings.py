"""What consumers of events do, prepared to be counted."""

from datetime import timedelta
from functools import partial
from uuid import uuid4

from scripts.suite.scale.scene import Act, Scene
from shared.events.intake import Wish
from shared.events.models import EVERYBODY, RETRYABLE, Cause, Event, Filter
from shared.events.queue import Queue

SMP = "SMP"
LEASED = 25
PAYLOAD = {"menuItemId": "taco", "name": "Taco al pastor", "price": 450}


def emit(scene: Scene) -> Act:
    return partial(scene.instance().event_bus.emit, _event(scene, _tenant()))


def acknowledge(scene: Scene) -> Act:
    return partial(scene.instance().consumers.acknowledge, _emitted(scene, _tenant()), SMP)


def refuse(scene: Scene) -> Act:
    cause = Cause("nacked", RETRYABLE, "busy")
    return partial(scene.instance().consumers.refuse, _emitted(scene, _tenant()), SMP, cause)


def lease(scene: Scene) -> Act:
    """A page of new events."""
    tenant = _tenant()
    for _ in range(LEASED):
        _emitted(scene, tenant)
    wish = Wish(LEASED, timedelta(minutes=1))
    heard = Filter(tenant, SMP)
    return partial(scene.instance().consumers.lease, Queue(tenant, SMP), heard, wish)


def _tenant() -> str:
    return f"scale-{uuid4().hex}"


def _emitted(scene: Scene, tenant: str) -> str:
    return scene.instance().event_bus.emit(_event(scene, tenant)).event.event_id


def _event(scene: Scene, tenant: str) -> Event:
    return Event(
        event_id=str(uuid4()),
        event_type="menu_item_added",
        source="ORDERING",
        targets=(EVERYBODY,),
        payload=PAYLOAD,
        tenant_id=tenant,
        recorded_at=scene.now,
    )
