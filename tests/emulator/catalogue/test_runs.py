"""Manual syncs: the whole menu once, whatever becomes of the messages that carry them."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest

from shared.auth.models import Tenant
from shared.catalogue.messages import RunMessage
from shared.catalogue.models import SUCCESS, Report
from shared.catalogue.runs import PART
from shared.kernel.errors import DependencyUnavailable, NotFound
from shared.platform.firestore import ChangedMeanwhile
from shared.platform.wire import Wire
from shared.wiring import Wiring
from tests.emulator.catalogue.conftest import Line, all_entries, parts

Fill = Callable[[int, int], None]
SMP = "SMP"


def state(line: Line, tenant: Tenant) -> tuple[str, str | None]:
    sync = next(s for s in line.syncing.of(tenant) if s.product_type == SMP)
    return sync.sync_status, sync.error


def told_ids(told: list[dict[str, Any]]) -> list[str]:
    sections = [s["menuSectionId"] for part in told for s in part["sections"]]
    return sections + [item["menuItemId"] for part in told for item in part["items"]]


@pytest.mark.parametrize(
    ("sections", "items", "expected"),
    [(0, 0, 1), (2, 3, 1), (PART, 1, 2), (1, PART, 2), (1, 2 * PART + 1, 3)],
)
def test_a_run_tells_each_entry_once_and_ends_well(
    line: Line, wiring: Wiring, tenant: Tenant, fill: Fill, sections: int, items: int, expected: int
) -> None:
    fill(sections, items)
    assert line.syncing.begin(tenant, SMP).sync_status == "pending"
    line.deliver()
    told = parts(wiring, tenant)
    assert told_ids(told) == [entry.entry_id for entry in all_entries(wiring, tenant)]
    assert [part["last"] for part in told] == [False] * (expected - 1) + [True]
    assert state(line, tenant) == ("success", None)


def test_a_run_is_one_however_often_it_is_asked_for_and_delivered(
    line: Line, wiring: Wiring, tenant: Tenant, fill: Fill
) -> None:
    fill(1, PART + 1)
    with ThreadPoolExecutor(4) as threads:
        begun = list(threads.map(lambda _: line.syncing.begin(tenant, SMP), range(4)))
        assert len({sync.run.run_id for sync in begun if sync.run}) == 1
        list(threads.map(lambda _: line.deliver(), range(4)))
    told = parts(wiring, tenant)
    assert [part["part"] for part in told] == [1, 2]
    assert sorted(told_ids(told)) == sorted(e.entry_id for e in all_entries(wiring, tenant))
    again = line.syncing.begin(tenant, SMP)
    assert again.run
    assert again.run.run_id != told[0]["runId"]


def test_a_run_goes_on_where_its_instance_died(
    line: Line, wiring: Wiring, tenant: Tenant, fill: Fill, monkeypatch: pytest.MonkeyPatch
) -> None:
    fill(0, PART + 2)
    line.syncing.begin(tenant, SMP)
    (message,) = line.sent
    commit, commits = Wire.commit, iter([False, True])

    def dying(wire: Any, writes: Any) -> Any:
        if next(commits, False):
            raise KeyboardInterrupt
        return commit(wire, writes)

    monkeypatch.setattr(Wire, "commit", dying)
    with pytest.raises(KeyboardInterrupt):
        line.syncing.go_on(message)
    assert state(line, tenant) == ("syncing", None)
    line.syncing.go_on(message)
    assert [part["part"] for part in parts(wiring, tenant)] == [1, 2]
    assert state(line, tenant) == ("success", None)


def test_a_commit_whose_outcome_is_lost_is_not_told_again(
    line: Line, wiring: Wiring, tenant: Tenant, fill: Fill, monkeypatch: pytest.MonkeyPatch
) -> None:
    fill(0, PART + 2)
    line.syncing.begin(tenant, SMP)
    commit = Wire.commit

    def unanswered(wire: Any, writes: Any) -> Any:
        commit(wire, writes)
        raise ChangedMeanwhile

    monkeypatch.setattr(Wire, "commit", unanswered)
    line.deliver()
    assert [part["part"] for part in parts(wiring, tenant)] == [1, 2]
    assert state(line, tenant) == ("success", None)


def test_what_a_run_cannot_read_is_its_outcome(
    line: Line, wiring: Wiring, tenant: Tenant, fill: Fill
) -> None:
    fill(0, 1)
    items = wiring.hub.collection(f"tenants/{tenant.tenant_id}/menu_items")
    items.document("broken").set({"name": "not of ours"})
    line.syncing.begin(tenant, SMP)
    with pytest.raises(KeyError):
        line.deliver()
    assert state(line, tenant) == ("error", "KeyError")
    items.document("broken").delete()
    line.syncing.begin(tenant, SMP)
    line.deliver()
    assert state(line, tenant) == ("success", None)


def test_a_run_that_cannot_reach_the_store_stays_under_way(
    line: Line, tenant: Tenant, monkeypatch: pytest.MonkeyPatch
) -> None:
    line.syncing.begin(tenant, SMP)
    message = line.sent[0]

    def away(*_: object) -> None:
        raise DependencyUnavailable

    with monkeypatch.context() as patch:
        patch.setattr(line.syncing._menus, "page", away)
        with pytest.raises(DependencyUnavailable):
            line.syncing.go_on(message)
    assert state(line, tenant)[0] == "pending"
    line.syncing.go_on(message)
    assert state(line, tenant)[0] == "success"


def test_a_product_that_ends_the_run_itself_is_told_no_more(
    line: Line, wiring: Wiring, tenant: Tenant, fill: Fill
) -> None:
    fill(0, 1)
    line.syncing.begin(tenant, SMP)
    line.syncing.report(tenant, SMP, Report(SUCCESS))
    line.deliver()
    assert parts(wiring, tenant) == []


def test_a_product_that_the_tenant_has_not_is_not_synced(line: Line, tenant: Tenant) -> None:
    with pytest.raises(NotFound):
        line.syncing.begin(tenant, "CRM")
    foreign = RunMessage(tenant_id=tenant.tenant_id, product_type="CRM", run_id="r")
    with pytest.raises(NotFound):
        line.syncing.go_on(foreign)
    assert line.sent == []


def test_a_long_run_goes_on_in_another_message_of_the_same_trace(
    line: Line, tenant: Tenant, fill: Fill, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("shared.catalogue.runs.PARTS_A_DELIVERY", 2)
    fill(0, 2 * PART + 1)
    line.syncing.begin(tenant, SMP, "00-trace")
    line.syncing.go_on(line.sent[0], "00-trace")
    assert state(line, tenant) == ("syncing", None)
    assert line.sent[0] == line.sent[1]
    assert line.traces == ["00-trace", "00-trace"]
    line.syncing.go_on(line.sent[1])
    assert state(line, tenant) == ("success", None)
