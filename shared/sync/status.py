"""How sync is doing: what was mirrored lately, what waits, what the last sweeps found."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from shared.kernel.clock import Clock
from shared.sync.rollups import Backlog, HourlyRollUps, Kept, Waiting
from shared.sync.routes import Route, ways
from shared.sync.runs import Count, Run
from shared.sync.sweeps import Sweeps
from shared.sync.tally import Lags, Way


@dataclass(frozen=True, slots=True)
class Line:
    """One tenant's documents from one collection to another; `check` is the last sweep's."""

    way: Way
    lags: Lags
    check: Count | None
    checked_at: datetime | None


@dataclass(frozen=True, slots=True)
class Status:
    """`lines` and `waiting` are of one tenant, or of all."""

    lines: Sequence[Line]
    waiting: Waiting
    dead_letters: int
    conflicts: int
    now: datetime

    @property
    def lags(self) -> Lags:
        return sum((line.lags for line in self.lines), Lags())


class Monitor:
    def __init__(
        self, roll_ups: HourlyRollUps, backlog: Backlog, kept: Kept, sweeps: Sweeps, clock: Clock
    ) -> None:
        self._roll_ups = roll_ups
        self._backlog = backlog
        self._kept = kept
        self._sweeps = sweeps
        self._clock = clock

    def status(self, tenant_id: str | None) -> Status:
        """Of a tenant; of all, and of what has no tenant, for None."""
        now, sums = self._clock(), self._roll_ups.recent(tenant_id)
        checks = _checks(self._sweeps.checked(), tenant_id)
        lines = [_line(way, sums.get(way, Lags()), checks) for way in sums.keys() | checks.keys()]
        return Status(
            sorted(lines, key=lambda line: line.way.names),
            self._backlog.waiting(tenant_id, now),
            self._kept.dead_letters(tenant_id),
            self._kept.conflicts(tenant_id),
            now,
        )


def _checks(
    checked: Sequence[tuple[Route, Run]], tenant_id: str | None
) -> Mapping[Way, tuple[Count, datetime]]:
    return {
        Way(tenant, *way): (count, run.updated_at)
        for route, run in checked
        for tenant, count in run.tenants.items()
        for way in ways(route)
        if tenant_id in (None, tenant)
    }


def _line(way: Way, lags: Lags, checks: Mapping[Way, tuple[Count, datetime]]) -> Line:
    check, checked_at = checks.get(way, (None, None))
    return Line(way, lags, check, checked_at)
