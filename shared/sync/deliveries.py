"""Deliveries of changes from the topic, and what is written down of those that fail."""

from contextlib import suppress
from datetime import datetime, timedelta

from shared.kernel.clock import Clock
from shared.kernel.errors import Problem
from shared.platform.documents import read_change
from shared.sync.documents import change_of
from shared.sync.rollups import Backlog
from shared.sync.service import Mirror, Routes
from shared.sync.tenancy import tenant_text

RETRIED = timedelta(seconds=10)  # Eventarc waits no less before it delivers again


class Deliveries:
    """What succeeds in time costs nothing here; a failure is a write, a late success a delete."""

    def __init__(self, mirror: Mirror, routes: Routes, backlog: Backlog, clock: Clock) -> None:
        self._mirror = mirror
        self._routes = routes
        self._backlog = backlog
        self._clock = clock

    def apply(self, data: bytes, event_id: str, at: datetime) -> None:
        """Raises what the Mirror raises, so that the change comes again."""
        try:
            self._mirror.apply(data, event_id, at)
        except Exception:
            with suppress(Problem):
                self._backlog.waits(event_id, at, self._tenant(data, event_id, at))
            raise
        if self._clock() - at > RETRIED:
            with suppress(Problem):
                self._backlog.arrived(event_id)

    def _tenant(self, data: bytes, event_id: str, at: datetime) -> str:
        found = read_change(data, event_id, at)
        mirrored = self._routes.at(found.project, found.collection) if found else None
        if found is None or mirrored is None:
            return ""
        return tenant_text(change_of(found), mirrored.scope.tenant_field)
