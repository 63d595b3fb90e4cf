"""Whatever users do and however events come: all projects end alike, and then there is silence.

`HYPHAE_SYNC_RUNS` sets how many worlds are lived through.
"""

import os
import random
from collections.abc import Mapping
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context

import pytest

from shared.sync import changes, echoes, rules
from tests.unit.sync.accounts import Accounts, Editors
from tests.unit.sync.eras import era_fault
from tests.unit.sync.lives import MIXED, SKEW, Kind, faults, lived
from tests.unit.sync.users import Crowd, put

RUNS = int(os.environ.get("HYPHAE_SYNC_RUNS", "2000"))
SAMPLE = max(4, RUNS // 40)  # of each kind of world
WORLDS = pytest.mark.parametrize(("projects", "skew"), [(2, 0), (2, SKEW), (3, 0), (3, SKEW)])


@pytest.mark.timeout(600)
def test_so_many_worlds_end_alike_and_silent_and_lose_nothing_untold() -> None:
    half = [range(first, RUNS, 2) for first in range(2)]
    with ProcessPoolExecutor(2, get_context("spawn")) as pool:
        assert [found for part in pool.map(faults, half) for found in part] == []


def test_projects_that_write_different_versions_end_alike_and_silent() -> None:
    assert {seed: found for seed in range(SAMPLE * 6) if (found := era_fault(seed))} == {}


@WORLDS
def test_every_project_ends_with_what_follows_from_all_that_users_said(
    projects: int, skew: int
) -> None:
    for seed in range(SAMPLE):
        world = lived(seed, Kind(projects, skew), Crowd)
        assert world.contents() == [world.truth()] * projects, f"seed {seed}"


@pytest.mark.parametrize("policies", MIXED)
@WORLDS
def test_under_any_policies_all_projects_end_alike(
    projects: int, skew: int, policies: Mapping[str, str]
) -> None:
    for seed in range(SAMPLE):
        world = lived(seed, Kind(projects, skew, policies), Crowd)
        assert world.contents() == [world.truth()] * projects, f"seed {seed}"


@pytest.mark.parametrize("lossy", [False, True])
@pytest.mark.parametrize("wild", [False, True])
@pytest.mark.parametrize("policies", MIXED)
@WORLDS
def test_no_users_write_is_lost_without_a_conflict(
    projects: int, skew: int, policies: Mapping[str, str], wild: bool, lossy: bool
) -> None:
    kind = Kind(projects, skew, policies, wild, lossy)
    for seed in range(SAMPLE):
        assert lived(seed, kind, Accounts).unaccounted() == [], f"seed {seed}"


@pytest.mark.parametrize("projects", [2, 3])
def test_nobody_is_taken_for_the_writer_of_what_others_wrote(projects: int) -> None:
    """One world in a thousand may: where three write at once, or somebody rests for hours."""
    seeds, kind = range(RUNS // 4), Kind(projects, wild=False)
    misread = [seed for seed in seeds if lived(seed, kind, Editors).misread()]
    assert len(misread) <= len(seeds) // 1_000, misread


@WORLDS
def test_where_everybody_sees_what_others_wrote_there_is_no_conflict(
    projects: int, skew: int
) -> None:
    for seed in range(SAMPLE):
        world = Crowd(random.Random(seed), projects, skew)
        for _ in range(8):
            world.edit()
            world.settle(again=0.5)
        world.queue = world.said * 2
        world.settle()
        assert world.overruled == {}, f"seed {seed}"


@pytest.mark.parametrize("projects", [2, 3])
def test_a_counter_counts_every_increment_once(projects: int) -> None:
    for seed in range(SAMPLE):
        world = Crowd(random.Random(seed), projects, SKEW, {"x": "counter"})
        put(world, "demo-a", x=b"\x10\x00")
        world.settle()
        world.crashes = 0.1
        for number in range(12):
            world.count(number)
        world.settle(again=0.5)
        assert [content and content["x"] for content in world.contents()] == [
            b"\x10\x42"
        ] * projects


@WORLDS
def test_a_world_at_rest_writes_nothing_however_often_it_is_told_again(
    projects: int, skew: int
) -> None:
    for seed in range(SAMPLE // 2):
        world = lived(seed, Kind(projects, skew), Crowd)
        written = world.engine_writes
        world.queue = world.said * 2
        world.settle()
        assert world.engine_writes == written, f"seed {seed}"


@pytest.mark.parametrize("projects", [2, 3])
@pytest.mark.parametrize(
    ("guarded", "guard", "off"),
    [
        (echoes, "is_echo", lambda change, node: False),
        (echoes, "is_own_removal", lambda change, tombstone: False),
        (changes, "at_origin", lambda found, change, said: said),
        (rules, "PATIENCE_US", -(10**18)),
    ],
)
def test_without_a_guard_it_costs_more_but_ends_alike_and_silent(
    monkeypatch: pytest.MonkeyPatch, guarded: object, guard: str, off: object, projects: int
) -> None:
    monkeypatch.setattr(guarded, guard, off)
    for seed in range(SAMPLE):
        world = lived(seed, Kind(projects, SKEW), Crowd)
        assert world.contents() == [world.contents()[0]] * projects, f"{guard}, seed {seed}"
