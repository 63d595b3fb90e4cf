"""What each policy shows when two projects edit a field at once, and when they do in turn."""

import random
from collections.abc import Mapping
from typing import Any

import pytest
from google.cloud.firestore_v1 import _helpers, types

from shared.sync.policies import is_policy, project_in
from tests.unit.sync.users import put, update
from tests.unit.sync.world import World

A, B = "demo-a", "demo-b"


def value(python: Any) -> bytes:
    encoded = types.Value.pb(_helpers.encode_value(python))
    return bytes(encoded.SerializeToString(deterministic=True))


def edited(policy: str, at_first: Any, *edits: Mapping[str, Any], in_turn: bool = False) -> bytes:
    """The field in all projects, after these edits by project."""
    world = World(random.Random(1), policies={"x": policy})
    put(world, A, x=value(at_first))
    world.settle()
    for edit in edits:
        for project, python in edit.items():
            update(world, project, {"x": value(python)})
            if in_turn:
                world.settle()
    world.settle(again=0.5)
    one, other = world.contents()
    assert one
    assert one == other
    return one["x"]


@pytest.mark.parametrize("order", [(A, B), (B, A)])
@pytest.mark.parametrize(
    ("policy", "first", "mine", "theirs", "shown"),
    [
        ("owner(demo-a)", "new", "a", "b", "a"),
        ("owner(demo-b)", "new", "a", "b", "b"),
        ("prefer(demo-a)", "new", "a", "b", "a"),
        ("prefer(demo-a)", "new", "", "b", "b"),
        ("max", 3, 7, 5, 7),
        ("counter", 3, 7, 5, 9),
        ("union", ["k", "l"], ["k", "l", "a"], ["l"], ["l", "a"]),
        ("custom(longest)", "new", "longer", "b", "longer"),
    ],
)
def test_edits_at_once(
    policy: str, first: Any, mine: Any, theirs: Any, shown: Any, order: tuple[str, str]
) -> None:
    both = {A: mine, B: theirs}
    assert edited(policy, first, {project: both[project] for project in order}) == value(shown)


@pytest.mark.parametrize(
    ("policy", "first", "then", "shown"),
    [
        ("owner(demo-a)", "new", "b", "new"),
        ("owner(demo-b)", "new", "b", "b"),
        ("max", 7, 5, 7),
        ("counter", 7, 5, 5),
        ("union", ["k", "l"], ["l"], ["l"]),
        ("lww", 7, 5, 5),
    ],
)
def test_an_edit_of_the_other_project_in_turn(
    policy: str, first: Any, then: Any, shown: Any
) -> None:
    assert edited(policy, first, {B: then}, in_turn=True) == value(shown)


def test_what_stays_where_it_is_does_not_travel() -> None:
    world = World(random.Random(1), policies={"x": "off"})
    put(world, A, x=value(1), y=value(1))
    world.settle()
    update(world, B, {"x": value(2)})
    writes = world.engine_writes
    world.settle()
    assert world.engine_writes == writes
    one, other = world.contents()
    assert one
    assert other
    assert (one["x"], other["x"]) == (value(1), value(2))


@pytest.mark.parametrize("text", ["", "LWW", "owner", "owner()", "custom(none)", "max(3)", "lww "])
def test_other_texts_are_no_policies(text: str) -> None:
    assert not is_policy(text)


def test_a_policy_names_its_project() -> None:
    assert project_in("prefer(demo-a)") == "demo-a"
    assert project_in("custom(longest)") == project_in("max") == ""
