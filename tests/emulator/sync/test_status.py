"""How sync is doing, from what deliveries and sweeps wrote down."""

from datetime import timedelta

import pytest

from scripts.suite.counting import costing
from shared.kernel.clock import utc_now
from shared.kernel.errors import DependencyUnavailable
from shared.sync.deliveries import Deliveries
from shared.sync.records import Records
from shared.sync.refusals import DeadLetter
from shared.sync.rollups import Backlog, HourlyRollUps, Kept
from shared.sync.service import Mirror
from shared.sync.status import Monitor, Status
from shared.sync.sweeps import Sweeps
from shared.sync.tally import Tally
from tests.builders import unique
from tests.emulator.sync.conftest import Event
from tests.emulator.sync.routes import Lossy


class Away(Mirror):
    """One whose store is away."""

    def apply(self, *_: object) -> None:
        raise DependencyUnavailable


class Watched(Lossy):
    """A route whose deliveries are written down; the timer of the tally rings when told to."""

    def __init__(self) -> None:
        super().__init__()
        self.tally = Tally(HourlyRollUps(self.hub, self.clock), self.clock, lambda *_: None)
        watch = self.tally.told
        self.mirror = Mirror(self.bulk, self, self, self.settings, watch=watch)
        self.backlog = Backlog(self.hub)

    def deliver(self, event: Event, mirror: Mirror | None = None) -> None:
        found = Deliveries(mirror or self.mirror, self, self.backlog, self.clock)
        found.apply(event.data, "event", event.time)

    def status(self, tenant_id: str | None = None) -> Status:
        roll_ups, kept = HourlyRollUps(self.hub, self.clock), Kept(self.hub)
        monitor = Monitor(roll_ups, self.backlog, kept, Sweeps(self.hub), self.clock)
        return monitor.status(tenant_id)


@pytest.fixture
def watched() -> Watched:
    return Watched()


def counted(status: Status) -> dict[tuple[str, str, str], int]:
    return {
        (line.way.tenant_id, line.way.source.project, line.way.target.project): line.lags.changes
        for line in status.lines
    }


def test_changes_are_counted_by_tenant_and_way(watched: Watched) -> None:
    watched.put(watched.left, "a", x=1)
    watched.put(watched.right, "b", x=1)
    watched.put(watched.right, "c", tenant="u", x=1)
    watched.tally.flush()
    watched.update(watched.right, "c", x=2)
    watched.tally.flush()
    left, right = watched.left, watched.right
    everything = {("t", left, right): 1, ("t", right, left): 1, ("u", right, left): 2}
    assert counted(watched.status()) == everything
    assert counted(watched.status("u")) == {("u", right, left): 2}
    assert watched.status("nobody").lines == []
    assert 0 < watched.status().lags.longest_us < 60_000_000


def test_counting_adds_no_call_to_a_change_and_one_write_to_them_all(watched: Watched) -> None:
    watched.put(watched.left, "d", x=0)
    watched.drop = 1
    watched.update(watched.left, "d", x=1)
    with costing(watched.costs) as spent:
        watched.deliver(watched.lost.pop())
    assert spent.as_tuple() == (3, 1, 2), "a read and a write there, and a stamp here"
    with costing(watched.costs) as spent:
        watched.tally.flush()
    assert spent.as_tuple() == (1, 0, 1)


def test_hours_pass_out_of_sight(watched: Watched) -> None:
    watched.put(watched.left, "a", x=1)
    watched.tally.flush()
    watched.clock.moment = utc_now() + timedelta(hours=3)
    assert watched.status().lines == []


def test_a_change_that_failed_waits_until_it_arrives(watched: Watched) -> None:
    watched.drop = 1
    watched.put(watched.left, "a", tenant="u", x=1)
    event = watched.lost.pop()
    for _ in range(2):
        with pytest.raises(DependencyUnavailable):
            watched.deliver(event, Away(watched.bulk, watched, watched, watched.settings))
    assert watched.status("u").waiting == (1, event.time)
    assert watched.status("t").waiting == (0, None)
    watched.clock.moment = event.time + timedelta(seconds=11)
    watched.deliver(event)
    assert watched.status().waiting == (0, None)
    assert watched.both() == {"a": {"x": 1}}


def test_a_change_that_the_platform_gave_up_is_no_longer_waited_for(watched: Watched) -> None:
    watched.backlog.waits("old", utc_now() - timedelta(hours=26), "t")
    assert watched.status().waiting == (0, None)


def test_a_finished_run_says_how_many_documents_there_are_and_how_many_differed(
    watched: Watched,
) -> None:
    watched.put(watched.left, "a", x=1)
    watched.drop = 1
    watched.put(watched.left, "b", x=1)
    watched.put(watched.left, "c", tenant="u", x=1)
    watched.swept()
    checks = {
        (line.way.tenant_id, line.way.source.project): line.check for line in watched.status().lines
    }
    assert {key: check and (check.documents, check.drift) for key, check in checks.items()} == {
        ("t", watched.left): (2, 1),
        ("t", watched.right): (2, 1),
        ("u", watched.left): (1, 1),
        ("u", watched.right): (1, 1),
    }
    assert {line.way.tenant_id for line in watched.status("u").lines} == {"u"}


def test_dead_letters_are_counted_and_each_tenant_counts_its_own(watched: Watched) -> None:
    records = Records(watched.hub, watched.clock)
    for tenant_id in ("t", "t", "u", ""):
        records.keep(DeadLetter("TENANT_MISMATCH", unique("event"), tenant_id=tenant_id))
    counts = [watched.status(tenant_id).dead_letters for tenant_id in (None, "t", "u", "x")]
    assert counts == [4, 2, 1, 0]


def test_a_refused_document_is_of_its_own_tenant(watched: Watched) -> None:
    watched.clients[watched.right].document("cases/a").set({"tenantId": "theirs"})
    watched.put(watched.left, "a", tenant="mine")
    assert [letter.tenant_id for letter in watched.letters] == ["mine"]
