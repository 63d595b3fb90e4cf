"""Webhooks: an event for one endpoint, which takes it at once or when it is asked again."""

from collections.abc import Mapping
from functools import partial
from uuid import uuid4

from scripts.suite.scale.scene import Act, Counted, Scene
from shared.events.models import EVERYBODY, Event
from shared.kernel.clock import utc_now
from shared.webhooks.models import Outcome
from shared.webhooks.service import Draft

URL = "https://example.com/hook"


class _Receiver:
    """Answers what it is made to, without a request."""

    def __init__(self, outcome: Outcome) -> None:
        self.outcome = outcome

    def post(self, url: str, body: bytes, headers: Mapping[str, str]) -> Outcome:
        return self.outcome

    def refuse(self, url: str) -> None:
        """Every address will do."""


def _instance(scene: Scene, outcome: Outcome) -> Counted:
    made = scene.instance()
    made.__dict__["webhook_poster"] = _Receiver(outcome)
    return made


def _event(scene: Scene, tenant: str) -> Event:
    payload = {"caseId": uuid4().hex}
    return Event(uuid4().hex, "case_changed", "SMP", (EVERYBODY,), payload, tenant, scene.now)


def _told(scene: Scene, wiring: Counted) -> tuple[str, Act]:
    """The tenant's endpoint, and telling it of an event that is stored just now."""
    tenant = f"scale-{uuid4().hex}"
    endpoint = wiring.webhooks.register(tenant, Draft(URL, ("*",)))
    event = wiring.event_bus.emit(_event(scene, tenant)).event
    return endpoint.webhook_id, lambda: wiring.webhook_fan_out.tell(event, _now())


def _now() -> int:
    return int(utc_now().timestamp() * 1e9)


def taken(scene: Scene) -> Act:
    return _told(scene, _instance(scene, Outcome("", 200)))[1]


def refused(scene: Scene) -> Act:
    return _told(scene, _instance(scene, Outcome("http_500", 500)))[1]


def again(scene: Scene) -> Act:
    webhook_id, tell = _told(scene, _instance(scene, Outcome("http_500", 500)))
    tell()
    scene.later(minutes=1)
    return partial(_instance(scene, Outcome("", 200)).webhook_retries.see_to, webhook_id)


def of_nobody(scene: Scene) -> Act:
    event = _event(scene, f"scale-{uuid4().hex}")
    wiring = scene.instance()
    return lambda: wiring.webhook_fan_out.tell(event, _now())
