"""A tenant of each test's own, and events in it."""

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import pytest

from shared.events.models import Event
from shared.wiring import Wiring
from tests.builders import event, unique

Emit = Callable[..., Event]


@pytest.fixture
def tenant() -> str:
    return unique("tenant")


@pytest.fixture
def emit(wiring: Wiring, tenant: str) -> Emit:
    """Records an event of this test's tenant."""

    def emitted(**changes: Any) -> Event:
        stated = {"tenant_id": tenant, "recorded_at": datetime.now(UTC)} | changes
        return wiring.event_bus.emit(event(**stated)).event

    return emitted
