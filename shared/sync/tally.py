"""What an instance has mirrored, added up in memory and written down by time, not by change."""

import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import NamedTuple, Protocol

from shared.kernel.clock import Clock
from shared.platform.logs import log, where
from shared.sync.models import Change, Place
from shared.sync.routes import End

FLUSH_SECONDS = 10.0


class Way(NamedTuple):
    """What is counted together: a tenant's documents from one collection to another."""

    tenant_id: str
    source: End
    target: End

    @property
    def names(self) -> tuple[str, ...]:
        ends = (self.source, self.target)
        return (self.tenant_id, *(part for end in ends for part in (end.project, end.collection)))


@dataclass(frozen=True, slots=True)
class Lags:
    """Changes that were told, and how long after they happened, in microseconds."""

    changes: int = 0
    total_us: int = 0
    longest_us: int = 0
    latest_us: int = 0  # when the last of them happened, since the epoch

    def __add__(self, other: "Lags") -> "Lags":
        return Lags(
            self.changes + other.changes,
            self.total_us + other.total_us,
            max(self.longest_us, other.longest_us),
            max(self.latest_us, other.latest_us),
        )


Sums = Mapping[Way, Lags]
Later = Callable[[float, Callable[[], None]], None]


class RollUps(Protocol):
    def add(self, sums: Sums) -> None: ...


def in_a_while(seconds: float, act: Callable[[], None]) -> None:
    """In a thread that keeps no instance alive."""
    timer = threading.Timer(seconds, act)
    timer.daemon = True
    timer.start()


class Tally:
    """At most one write in ten seconds an instance and shard, however much is mirrored.

    What an instance has not written when it is killed is not counted: the sums are no ledger.
    """

    def __init__(self, roll_ups: RollUps, clock: Clock, later: Later = in_a_while) -> None:
        self._roll_ups = roll_ups
        self._clock = clock
        self._later = later
        self._lock = threading.Lock()
        self._sums: dict[Way, Lags] = {}

    def told(self, change: Change, peer: Place, tenant_id: str) -> None:
        source, target = _end(change.place), _end(peer)
        lag = max(0, round(self._clock().timestamp() * 1e6) - change.time_us)
        self._add({Way(tenant_id, source, target): Lags(1, lag, lag, change.time_us)})

    def flush(self) -> None:
        """Write down what was added up; what cannot be written is added up again."""
        with self._lock:
            sums, self._sums = self._sums, {}
        try:
            if sums:
                self._roll_ups.add(sums)
        except Exception as failure:  # a thread of its own: nobody else would say it
            log("WARNING", "sync counts are not written", exc=where(failure))
            self._add(sums)

    def _add(self, sums: Sums) -> None:
        with self._lock:
            first = not self._sums
            for way, lags in sums.items():
                self._sums[way] = self._sums.get(way, Lags()) + lags
        if first and sums:
            self._later(FLUSH_SECONDS, self.flush)


def _end(place: Place) -> End:
    return End(project=place.project, collection=place.collection)
