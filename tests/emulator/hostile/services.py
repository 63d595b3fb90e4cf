"""Rows 98 to 104: services, and who pretends to be the platform."""

from collections.abc import Callable
from typing import Any

from werkzeug.test import TestResponse

from scripts.suite.manifest import functions
from tests.builders import unique
from tests.emulator.hostile.catalogue import (
    ABSENT,
    BAD,
    FORBIDDEN,
    Expected,
    Send,
    case,
    each,
)
from tests.emulator.hostile.world import World

PUSH = {"message": {"data": "e30=", "messageId": "1", "publishTime": "2026-01-01T00:00:00Z"}}


def serving(**changes: Any) -> Send:
    return lambda world: world.call("GET", "/me", token=world.service(**changes))


STRANGERS = {"on no list": "x@demo-bo.iam.gserviceaccount.com", "a person": "me@gmail.com"}
ATTACKER = "worker@evil.iam.gserviceaccount.com"
for name, email in STRANGERS.items():
    each(98, FORBIDDEN, [(name, serving(email=email))], "service_unknown")
each(98, FORBIDDEN, [("unverified", serving(email_verified=False))], "service_unknown")
each(100, BAD, [("of another service", serving(aud="https://other.run.app"))], "aud")
each(100, BAD, [("of several", serving(aud=["https://demo-hostile.web.app"]))], "aud")
each(101, FORBIDDEN, [("an attacker's", serving(email=ATTACKER))], "service_unknown")


def pushed(token: Callable[[World], str | None], path: str = "/api/v1/ecosystem/events") -> Send:
    """A push as Pub/Sub sends it, to a function that everybody may call."""

    def send(world: World) -> TestResponse:
        given = {"token": found} if (found := token(world)) else {}
        return world.call("POST", path, PUSH, function="ecosystem", **given)

    return send


each(103, ABSENT, [("without a token", pushed(lambda _: None))])
each(103, FORBIDDEN, [("a foreign one", pushed(lambda world: world.service(email=ATTACKER)))])
each(103, BAD, [("for another", pushed(lambda world: world.service(aud="https://x.run.app")))])


def stripped(world: World) -> str:
    return world.service().rsplit(".", 1)[0] + ".SIGNATURE_REMOVED_BY_GOOGLE"


each(103, BAD, [("as the platform hands it on", pushed(stripped))], "signature")


@case(103, FORBIDDEN)
def what_takes_events_is_called_by_the_platform_alone(_: World) -> Expected:
    """Cloud Run refuses everybody else before our code is reached; no manifest opens one."""
    private = [each for each in functions() if each.event or each.scheduled]
    assert len(private) > 10
    assert not [each.name for each in private if "invoker" in each.settings or each.over_http]
    return FORBIDDEN


@case(104, ABSENT)
def an_event_of_somebody_else_s_making(world: World) -> TestResponse:
    """A function that everybody may call takes no event, whatever it says of itself."""
    forged = {
        "ce-id": unique("event"),
        "ce-specversion": "1.0",
        "ce-source": "//firestore.googleapis.com/projects/demo-hub/databases/(default)",
        "ce-type": "google.cloud.firestore.document.v1.written",
    }
    return world.call("POST", "/events", {"value": {}}, function="ecosystem", **forged)
