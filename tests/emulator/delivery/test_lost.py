"""What never came is found and mended by the sweep, badly delivered and killed itself."""

import time
from random import Random
from typing import Any

import pytest

from scripts.suite.http import call
from scripts.suite.relay.faults import Faults
from tests.builders import unique
from tests.emulator.delivery.conftest import HUB, PAIR, SEED, Estate
from tests.emulator.delivery.crowd import Crowd
from tests.workers import working

EDITS = 400
LOSSES = Faults(lost=0.3, again=0.2, late=0.3, after=0.1)
BADLY = Faults(again=0.3, late=0.2, before=0.1, after=0.2, odd=0.3)
PATIENCE_SECONDS = 90


@pytest.mark.timeout(300)
def test_the_sweep_mends_what_was_lost_and_then_finds_nothing(mirrored: Estate) -> None:
    crowd = Crowd({project: mirrored.client(project) for project in PAIR}, Random(SEED))
    crowd.begin()
    mirrored.relay.settle()
    with mirrored.relay.at_fault(LOSSES):
        crowd.edit(EDITS)
        big = too_big_for_an_event(mirrored)
        mirrored.relay.settle()
    assert crowd.contents()[0] != crowd.contents()[1]
    mirrored.run("sweep_page")
    mirrored.subscribe("sweep_page")
    with mirrored.relay.at_fault(BADLY):
        sweep(mirrored)
    left, right = crowd.contents()
    assert left == right
    there = mirrored.client(PAIR[1]).collection("cases").document(big).get()
    assert len(there.get("more")) == 300_000
    assert sum(one["mended"] for one in sweep(mirrored)) == 0


def too_big_for_an_event(estate: Estate) -> str:
    """A case that is small enough for a document, but not twice."""
    name = unique("case")
    case = estate.client(PAIR[0]).collection("cases").document(name)
    case.set({"tenantId": "t", "text": "x" * 300_000})
    case.update({"more": "y" * 300_000})
    return name


def sweep(estate: Estate) -> list[dict[str, Any]]:
    """As every night, with a worker that dies; what each tenant's documents were found to be."""
    before = {run["startedAt"] for run in runs(estate)}
    with working("sweep_routes", estate.environment) as schedule:
        schedule.wait_until_answering()
        assert call("POST", schedule.url, {}, 60)[0] == 200
    estate.workers["sweep_page"][0].kill()
    estate.workers["sweep_page"][0].start()
    wait_until_swept(estate)
    estate.relay.settle()
    new = [run for run in runs(estate) if run["startedAt"] not in before]
    return [one for run in new for one in run["tenants"]]


def wait_until_swept(estate: Estate) -> None:
    deadline = time.monotonic() + PATIENCE_SECONDS
    while not all(run["status"] == "done" for run in runs(estate)):
        assert time.monotonic() < deadline, runs(estate)
        time.sleep(0.2)


def runs(estate: Estate) -> list[dict[str, Any]]:
    return [run.to_dict() or {} for run in estate.client(HUB).collection("sync_runs").get()]
