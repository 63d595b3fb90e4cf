"""Counting what is mirrored without a write for each change."""

from collections.abc import Callable
from datetime import UTC, datetime

from shared.kernel.errors import DependencyUnavailable
from shared.sync.models import Change, Place
from shared.sync.routes import End
from shared.sync.tally import Lags, Sums, Tally, Way

NOW = datetime(2026, 1, 1, tzinfo=UTC)
NOW_US = int(NOW.timestamp() * 1_000_000)
HERE, THERE = Place("demo-a", "cases", "1"), Place("demo-b", "cases", "1")
WAY = Way(
    "t",
    End(project="demo-a", collection="cases"),
    End(project="demo-b", collection="cases"),
)


class Instance:
    """A tally whose timer a test lets ring, and what it wrote."""

    def __init__(self) -> None:
        self.written: list[Sums] = []
        self.timers: list[Callable[[], None]] = []
        self.away = False
        self.tally = Tally(self, lambda: NOW, lambda _, act: self.timers.append(act))

    def add(self, sums: Sums) -> None:
        if self.away:
            raise DependencyUnavailable
        self.written.append(sums)

    def told(self, *lags_us: int, tenant_id: str = "t") -> None:
        for lag in lags_us:
            self.tally.told(Change(HERE, "e", NOW_US - lag, None, None), THERE, tenant_id)

    def ring(self) -> None:
        self.timers.pop(0)()


def test_many_changes_are_one_write_once_the_timer_rings() -> None:
    instance = Instance()
    instance.told(5, 1, 3)
    assert (instance.written, len(instance.timers)) == ([], 1)
    instance.ring()
    assert instance.written == [{WAY: Lags(3, 9, 5, NOW_US - 1)}]


def test_each_tenant_has_a_sum_of_its_own() -> None:
    instance = Instance()
    instance.told(1)
    instance.told(2, tenant_id="u")
    instance.ring()
    assert {way.tenant_id: lags.changes for way, lags in instance.written[0].items()} == {
        "t": 1,
        "u": 1,
    }


def test_what_cannot_be_written_is_written_with_the_next() -> None:
    instance = Instance()
    instance.away = True
    instance.told(1)
    instance.ring()
    instance.away = False
    instance.told(1)
    instance.ring()
    assert [sums[WAY].changes for sums in instance.written] == [2]


def test_an_instance_at_rest_writes_nothing() -> None:
    instance = Instance()
    instance.told(1)
    instance.ring()
    instance.tally.flush()
    assert (len(instance.written), instance.timers) == (1, [])


def test_a_clock_that_runs_ahead_makes_no_negative_lag() -> None:
    instance = Instance()
    instance.told(-1_000_000)
    instance.ring()
    assert instance.written[0][WAY].total_us == 0
