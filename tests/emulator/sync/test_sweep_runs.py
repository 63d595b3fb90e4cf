"""Runs of the sweep: a chain of pages that come once or often, from workers that may die."""

from datetime import timedelta
from typing import Any

import pytest

from scripts.suite.counting import costing
from shared.kernel.clock import utc_now
from shared.kernel.errors import Conflict, NotFound
from shared.sync.bulk import Bulk
from shared.sync.route_store import EDITION
from shared.sync.runs import Count, Page
from tests.emulator.killed import Killed
from tests.emulator.sync.routes import Lossy


class Dying(Bulk):
    """Its worker dies before or after its first commit."""

    def __init__(self, inner: Bulk, after: bool) -> None:
        super().__init__(inner._clients, inner._clock)
        self._after = after

    def _commit(self, project: str, planned: Any) -> None:
        if self._after:
            super()._commit(project, planned)
        raise Killed


@pytest.fixture
def lossy() -> Lossy:
    found = Lossy()
    found.drop = 1
    return found


def filled(lossy: Lossy, count: int) -> None:
    batch = lossy.clients[lossy.left].batch()
    for number in range(count):
        document = lossy.clients[lossy.left].collection("cases").document(f"d{number:04}")
        batch.set(document, {"tenantId": "t", "x": number})
    batch.commit()


def finished(lossy: Lossy, run_id: str) -> Count:
    while lossy.pages:
        lossy.sweep.turn(lossy.pages.pop(0))
    run = lossy.sweep.run("route", run_id)
    assert run.status == "done"
    return run.total


def test_a_run_of_a_new_route_is_followed_by_one_that_finds_what_was_not_captured_yet(
    lossy: Lossy,
) -> None:
    filled(lossy, 1)
    lossy.clock.moment = utc_now()
    lossy.hub.document(EDITION).set({"changedAt": lossy.clock.moment})
    run = lossy.sweep.start("route", "backfill")
    lossy.sweep.turn(lossy.pages.pop())
    lossy.put(lossy.left, "late", x=1)
    [following] = lossy.pages
    assert following.run_id != run.run_id
    assert 9 < lossy.waited[-1] <= 11
    lossy.clock.moment += timedelta(seconds=11)
    assert finished(lossy, following.run_id) == (2, 1, 0)
    assert "late" in lossy.content(lossy.right)


@pytest.mark.parametrize("after", [False, True])
def test_the_page_of_a_killed_worker_is_done_by_its_redelivery_and_counted_once(
    lossy: Lossy, after: bool
) -> None:
    filled(lossy, 250)
    run = lossy.sweep.start("route", "backfill")
    lossy.sweep.turn(lossy.pages.pop())
    with pytest.raises(Killed):
        lossy.worker(bulk=Dying(lossy.bulk, after)).turn(lossy.pages[0])
    assert finished(lossy, run.run_id) == (250, 250, 0)
    assert len(lossy.both()) == 250


def test_one_that_died_before_it_told_of_the_next_page_loses_none(lossy: Lossy) -> None:
    filled(lossy, 150)
    run = lossy.sweep.start("route", "backfill")
    first = lossy.pages[0]
    lossy.sweep.turn(lossy.pages.pop())
    lossy.pages.clear()
    lossy.sweep.turn(first)
    assert lossy.pages == [Page(run_id=run.run_id, page=1)]
    assert finished(lossy, run.run_id) == (150, 150, 0)


def test_pages_that_come_often_are_counted_once(lossy: Lossy) -> None:
    filled(lossy, 150)
    run = lossy.sweep.start("route", "backfill")
    first = lossy.pages.pop()
    for _ in range(3):
        lossy.sweep.turn(first)
    lossy.pages += lossy.pages
    assert finished(lossy, run.run_id) == (150, 150, 0)
    lossy.sweep.turn(first)
    assert lossy.pages == []


def test_a_page_that_another_delivery_counts_meanwhile_tells_of_nothing(lossy: Lossy) -> None:
    filled(lossy, 150)
    lossy.sweep.start("route", "backfill")
    page = lossy.pages.pop()
    faster, other = lossy.worker(), lossy.worker()

    class Overtaken(Bulk):
        def commit_all(self, project: str, planned: Any) -> None:
            if not lossy.pages:
                faster.turn(page)
            super().commit_all(project, planned)

    other = lossy.worker(bulk=Overtaken(lossy.bulk._clients, lossy.clock))
    other.turn(page)
    assert [one.page for one in lossy.pages] == [1]


def test_the_budget_is_a_number_of_documents_a_minute(lossy: Lossy) -> None:
    filled(lossy, 25)
    lossy.clock.moment = lossy.clock()
    lossy.sweep = lossy.worker(per_minute=120)
    lossy.swept()
    assert lossy.waited == [5.0, 5.0, 2.5]


@pytest.mark.parametrize("name", ["a-first", "z-last"])
def test_a_route_that_makes_no_sense_keeps_no_other_from_its_nightly_run(
    lossy: Lossy, name: str
) -> None:
    lossy.hub.document(f"sync_routes/{name}").set({"enabled": True, "source": "nowhere"})
    assert lossy.sweep.start_all() == 1
    assert len(lossy.pages) == 1


def test_a_run_that_is_under_way_is_gone_on_with_and_no_second_one_begins(lossy: Lossy) -> None:
    first = lossy.sweep.start("route", "backfill")
    assert lossy.sweep.start("route", "verify") == first
    assert lossy.sweep.start_all() == 1
    assert {page.run_id for page in lossy.pages} == {first.run_id}


def test_what_is_no_route_or_not_enabled_is_not_swept(lossy: Lossy) -> None:
    with pytest.raises(NotFound):
        lossy.sweep.start("other", "verify")
    lossy.hub.document("sync_routes/route").update({"enabled": False})
    with pytest.raises(Conflict):
        lossy.sweep.start("route", "verify")
    assert lossy.sweep.start_all() == 0


def test_a_route_that_is_switched_off_stops_its_run(lossy: Lossy) -> None:
    run = lossy.sweep.start("route", "verify")
    lossy.hub.document("sync_routes/route").update({"enabled": False})
    lossy.sweep.turn(lossy.pages.pop())
    assert lossy.sweep.run("route", run.run_id).status == "stopped"
    assert lossy.pages == []


def test_a_run_is_found_under_its_own_route_alone(lossy: Lossy) -> None:
    run = lossy.sweep.start("route", "verify")
    with pytest.raises(NotFound):
        lossy.sweep.run("other", run.run_id)
    with pytest.raises(NotFound):
        lossy.sweep.run("route", "other")


def test_a_page_costs_a_few_calls_and_each_document_a_read_a_side(lossy: Lossy) -> None:
    filled(lossy, 100)
    lossy.swept()
    lossy.sweep.start("route", "verify")
    with costing(lossy.costs) as spent:
        lossy.sweep.turn(lossy.pages.pop(0))
    assert spent.as_tuple() == (5, 202, 1), "two stretches; the run, its route, its count"


def test_a_page_to_back_fill_is_two_commits(lossy: Lossy) -> None:
    filled(lossy, 100)
    lossy.sweep.start("route", "backfill")
    with costing(lossy.costs) as spent:
        lossy.sweep.turn(lossy.pages.pop(0))
    assert (spent.calls, spent.reads, spent.writes) == (9, 303, 201)
