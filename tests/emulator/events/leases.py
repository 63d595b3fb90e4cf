"""Leases in short, and time that passes."""

from collections.abc import Callable, Sequence
from datetime import UTC, datetime, timedelta

from shared.events.models import Lease
from tests.emulator.conftest import SetClock

Take = Callable[..., Sequence[Lease]]
MINUTE = timedelta(minutes=1)


def ids(leases: Sequence[Lease]) -> list[str]:
    return [lease.event.event_id for lease in leases]


def later(clock: SetClock, by: timedelta) -> None:
    clock.moment = (clock.moment or datetime.now(UTC)) + by
