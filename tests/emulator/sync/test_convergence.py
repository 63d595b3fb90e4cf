"""Whatever users do and however events come: all projects end alike, and then there is silence.

The default is a sample; `HYPHAE_SYNC_RUNS` sets how many worlds are lived through.
"""

import os
import random
from collections.abc import Mapping, Sequence

import pytest

from shared.sync import changes, echoes, rules
from tests.unit.sync.losses import lost_silently
from tests.unit.sync.users import Crowd, put
from tests.unit.sync.world import NO_POLICIES, SECOND

RUNS = int(os.environ.get("HYPHAE_SYNC_RUNS", "100"))
SKEW = 300 * SECOND
WORLDS = pytest.mark.parametrize(("projects", "skew"), [(2, 0), (2, SKEW), (3, 0), (3, SKEW)])


MIXED: Sequence[Mapping[str, str]] = (
    NO_POLICIES,
    {"x": "counter", "y": "union", "z": "max"},
    {"x": "owner(demo-a)", "y": "prefer(demo-b)", "z": "custom(longest)"},
)


def lived(
    seed: int,
    projects: int,
    skew: int,
    policies: Mapping[str, str] = NO_POLICIES,
    wild: bool = True,
) -> Crowd:
    rng = random.Random(seed)
    world = Crowd(rng, projects, skew, policies)
    world.wild = wild
    world.restless, world.crashes = rng.choice((0.0, 0.1, 0.3)), rng.choice((0.0, 0.05, 0.2))
    world.live(rng.randint(1, 14), again=rng.choice((0.0, 0.3, 0.5)))
    return world


@WORLDS
def test_every_project_ends_with_what_follows_from_all_that_users_said(
    projects: int, skew: int
) -> None:
    for seed in range(RUNS):
        world = lived(seed, projects, skew)
        assert world.contents() == [world.truth()] * projects, f"seed {seed}"


@pytest.mark.parametrize("policies", MIXED)
@WORLDS
def test_under_any_policies_all_projects_end_alike(
    projects: int, skew: int, policies: Mapping[str, str]
) -> None:
    for seed in range(RUNS // 4):
        world = lived(seed, projects, skew, policies)
        assert world.contents() == [world.truth()] * projects, f"seed {seed}"


OVERRULING: Sequence[Mapping[str, str]] = (
    NO_POLICIES,
    {"x": "owner(demo-a)", "y": "prefer(demo-b)", "z": "max"},
    {"x": "custom(longest)", "y": "owner(demo-b)"},
)


@pytest.mark.parametrize("policies", OVERRULING)
@WORLDS
def test_no_users_write_is_lost_without_a_conflict(
    projects: int, skew: int, policies: Mapping[str, str]
) -> None:
    for seed in range(RUNS // 4):
        world = lived(seed, projects, skew, policies, wild=False)
        assert list(lost_silently(world)) == [], f"seed {seed}"


@WORLDS
def test_where_everybody_sees_what_others_wrote_there_is_no_conflict(
    projects: int, skew: int
) -> None:
    for seed in range(RUNS // 4):
        world = Crowd(random.Random(seed), projects, skew)
        for _ in range(8):
            world.edit()
            world.settle(again=0.5)
        world.queue = world.said * 2
        world.settle()
        assert world.overruled == {}, f"seed {seed}"


@pytest.mark.parametrize("projects", [2, 3])
def test_a_counter_counts_every_increment_once(projects: int) -> None:
    for seed in range(RUNS // 4):
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
    for seed in range(RUNS // 2):
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
    for seed in range(RUNS // 4):
        world = lived(seed, projects, SKEW)
        assert world.contents() == [world.contents()[0]] * projects, f"{guard}, seed {seed}"
