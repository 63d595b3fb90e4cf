"""A tenant of each test's own, and events in it."""

import os
import time
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from typing import Any

import pytest

from shared.events.documents import event_document
from shared.events.intake import Wish
from shared.events.models import PERMANENT, Cause, Event, Filter, Lease
from shared.events.queue import Queue
from shared.kernel.settings import read_settings
from shared.wiring import Wiring
from tests.builders import event, unique
from tests.emulator.conftest import SetClock
from tests.emulator.events.leases import MINUTE, Take

Emit = Callable[..., Event]
Kill = Callable[..., str]
CAUSE = Cause("nacked", PERMANENT, "no such menu")


@pytest.fixture
def wiring(clock: SetClock) -> Wiring:
    """A hub of the test's own, without triggers: in the suite's, the deployed function handles."""
    return Wiring(read_settings({**os.environ, "HYPHAE_HUB": unique("demo-hub")}), clock)


@pytest.fixture
def tenant() -> str:
    return unique("tenant")


@pytest.fixture
def emit(wiring: Wiring, tenant: str) -> Emit:
    """Records an event of this test's tenant, in another millisecond than the one before."""

    def emitted(**changes: Any) -> Event:
        time.sleep(0.002)
        stated = {"tenant_id": tenant, "recorded_at": datetime.now(UTC)} | changes
        return wiring.event_bus.emit(event(**stated)).event

    return emitted


@pytest.fixture
def recorded(wiring: Wiring, tenant: str) -> Emit:
    """Puts an event into the store as if it had been recorded at a time of the test's choice."""

    def put(**changes: Any) -> Event:
        return store(wiring, event(**{"tenant_id": tenant} | changes))

    return put


@pytest.fixture
def take(wiring: Wiring, tenant: str) -> Take:
    """Leases events of the test's tenant for a minute."""

    def taken(most: int = 10, types: Sequence[str] = (), consumer: str = "SMP") -> Sequence[Lease]:
        wish = Wish(most, MINUTE, types)
        return wiring.consumers.lease(Queue(tenant, consumer), Filter(tenant, consumer), wish)

    return taken


@pytest.fixture
def kill(wiring: Wiring, emit: Emit) -> Kill:
    """An event that is dead at a consumer."""

    def dead(consumer: str = "SMP", cause: Cause = CAUSE, **changes: object) -> str:
        event_id = emit(**changes).event_id
        wiring.consumers.refuse(event_id, consumer, cause)
        return event_id

    return dead


def store(wiring: Wiring, made: Event) -> Event:
    document = event_document(made) | {"recordedAt": made.recorded_at}
    wiring.hub.document(f"ecosystem_events/{made.event_id}").set(document)
    return made
