"""A thousand edits everywhere at once, delivered badly, while workers die."""

import time
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from random import Random

import pytest

from scripts.suite.relay.faults import Faults
from tests.emulator.delivery.conftest import PAIR, SEED, TRIO, Estate
from tests.emulator.delivery.crowd import Crowd

EDITS = 1_000
STORM = Faults(again=0.2, late=0.5, before=0.05, after=0.1, odd=0.3)
REPEATED = 200


@pytest.mark.timeout(300)
@pytest.mark.parametrize("projects", [PAIR, TRIO], ids=["two projects", "three projects"])
def test_everybody_ends_with_the_same_and_then_nobody_writes(
    mirrored: Estate, projects: Sequence[str]
) -> None:
    crowd = Crowd({project: mirrored.client(project) for project in projects}, Random(SEED))
    began = len(mirrored.relay.taken)
    crowd.begin()
    mirrored.relay.settle()
    with mirrored.relay.at_fault(STORM):
        _edit_while_workers_die(mirrored, crowd)
        mirrored.relay.settle()
        end, versions = crowd.contents(), crowd.versions()
        assert end == [end[0]] * len(projects)
        assert {key: end[0][key[0]].get(key[1]) for key in crowd.last} == crowd.last
        mirrored.relay.repeat(began, REPEATED)
        mirrored.relay.settle()
    assert crowd.versions() == versions


def _edit_while_workers_die(mirrored: Estate, crowd: Crowd) -> None:
    taken = len(mirrored.relay.taken)
    with ThreadPoolExecutor(1) as pool:
        edits = pool.submit(crowd.edit, EDITS)
        for name in ("apply_change", "capture_change"):
            taken += EDITS // 2
            _wait_until_taken(mirrored, taken)
            mirrored.workers[name][0].kill()
            mirrored.workers[name][0].start()
        edits.result()


def _wait_until_taken(mirrored: Estate, many: int) -> None:
    deadline = time.monotonic() + 60
    while len(mirrored.relay.taken) < many:
        assert time.monotonic() < deadline, f"seed {SEED}: nothing comes any more"
        time.sleep(0.01)
