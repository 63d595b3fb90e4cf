"""What a product cannot stamp exactly it writes plainly, and clocks that are wrong harm nobody."""

from datetime import timedelta

import pytest
from google.cloud import firestore

from tests.emulator.sync.conftest import Pair
from tests.emulator.sync.stamped import cost, create, delete, settled, update


@pytest.mark.parametrize("plainly", [True, False])
def test_a_creation_by_a_clock_that_is_behind_outlives_the_deletion_before_it(
    pair: Pair, plainly: bool
) -> None:
    settled(pair, x=1)
    pair.delete(pair.left) if plainly else delete(pair, pair.left)
    pair.settle()
    create(pair, pair.left, timedelta(seconds=-30), y=2)
    pair.settle()
    assert pair.both() == {"y": 2}


def test_what_only_the_server_knows_is_written_plainly(pair: Pair) -> None:
    settled(pair, x=1)
    update(pair, pair.left, x=firestore.Increment(2))
    assert cost(pair) == (3, 1, 2)
    assert pair.both() == {"x": 3}


def test_a_write_beside_one_that_is_not_yet_told_is_written_plainly(pair: Pair) -> None:
    settled(pair, x=1, y=1)
    pair.update(pair.left, x=2)
    update(pair, pair.left, y=2)
    pair.events.reverse()
    pair.settle()
    assert pair.both() == {"x": 2, "y": 2}


@pytest.mark.parametrize(("ahead", "writes"), [(0.5, 1), (30, 2), (-3600, 1)])
def test_a_clock_that_is_seconds_ahead_is_not_believed(
    pair: Pair, ahead: float, writes: int
) -> None:
    settled(pair, x=1)
    update(pair, pair.left, timedelta(seconds=ahead), x=2)
    assert cost(pair)[2] == writes
    pair.update(pair.right, x=3)
    pair.settle()
    assert pair.both() == {"x": 3}


def test_an_old_stamped_copy_that_is_written_back_is_an_edit(pair: Pair) -> None:
    settled(pair, x=1)
    update(pair, pair.left, x=2)
    pair.settle()
    old = pair.reference(pair.left).get().to_dict() or {}
    update(pair, pair.left, x=3)
    pair.settle()
    pair.watch(pair.left, lambda ref: ref.set(old))
    pair.settle()
    assert pair.both() == {"x": 2}
