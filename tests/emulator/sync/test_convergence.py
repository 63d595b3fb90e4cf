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
from tests.unit.sync.accounts import Accounts
from tests.unit.sync.eras import era_fault
from tests.unit.sync.lives import MIXED, SKEW, faults, lived
from tests.unit.sync.losses import lost_silently
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
        world = lived(seed, projects, skew)
        assert world.contents() == [world.truth()] * projects, f"seed {seed}"


@pytest.mark.parametrize("policies", MIXED)
@WORLDS
def test_under_any_policies_all_projects_end_alike(
    projects: int, skew: int, policies: Mapping[str, str]
) -> None:
    for seed in range(SAMPLE):
        world = lived(seed, projects, skew, policies)
        assert world.contents() == [world.truth()] * projects, f"seed {seed}"


@WORLDS
def test_no_users_write_is_lost_without_a_conflict(projects: int, skew: int) -> None:
    """But for one world in fifty at most: a project's changes that come in another order (0018)."""
    lives = [lived(seed, projects, skew, wild=False) for seed in range(SAMPLE)]
    silent = {seed: lost for seed, world in enumerate(lives) if (lost := [*lost_silently(world)])}
    assert len(silent) <= SAMPLE // 50, silent


@pytest.mark.parametrize("projects", [2, 3])
def test_every_value_shows_or_is_noted_or_was_replaced_by_one_who_saw_it(projects: int) -> None:
    """But for one world in so many: a project's changes that come in another order (0018)."""
    lives = [_accounts(seed, projects) for seed in range(SAMPLE * 24)]
    silent = [world.unaccounted() for world in lives if world.unaccounted()]
    assert len(silent) <= max(2, len(lives) // 250), silent


def _accounts(seed: int, projects: int) -> Accounts:
    rng = random.Random(seed)
    world = Accounts(rng, projects)
    world.restless, world.crashes = rng.choice((0.0, 0.1, 0.3)), rng.choice((0.0, 0.05, 0.2))
    world.live(rng.randint(1, 14), again=rng.choice((0.0, 0.3, 0.5)))
    return world


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
        world = lived(seed, projects, skew)
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
        world = lived(seed, projects, SKEW)
        assert world.contents() == [world.contents()[0]] * projects, f"{guard}, seed {seed}"
