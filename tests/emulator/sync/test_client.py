"""Writes that a product stamps itself: exact, conditioned, and never written back."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from google.api_core.exceptions import FailedPrecondition
from google.cloud import firestore

from scripts.suite.counting import costing
from shared.kernel.clock import utc_now
from shared.sync.client import Stamping
from tests.emulator.sync.conftest import Pair

Act = Callable[[Any, Stamping], None]


def stamping(pair: Pair, project: str, ahead: timedelta = timedelta()) -> Stamping:
    client = pair.clients[project]
    return Stamping(client, pair.settings.alias(project), lambda: utc_now() + ahead)


def write(pair: Pair, project: str, act: Act, ahead: timedelta = timedelta()) -> None:
    """What a product does in a batch of its own, and the event of it."""

    def committed(_: Any) -> None:
        batch = pair.clients[project].batch()
        act(batch, stamping(pair, project, ahead))
        batch.commit()

    pair._watch(project, committed)


def create(pair: Pair, project: str, ahead: timedelta = timedelta(), **fields: Any) -> None:
    reference = pair.reference(project)
    write(pair, project, lambda batch, sync: sync.create(batch, reference, TENANT | fields), ahead)


def update(pair: Pair, project: str, ahead: timedelta = timedelta(), **changes: Any) -> None:
    snapshot = pair.reference(project).get()
    write(pair, project, lambda batch, sync: sync.update(batch, snapshot, changes), ahead)


def remove(pair: Pair, project: str, field: str) -> None:
    snapshot, gone = pair.reference(project).get(), {field: firestore.DELETE_FIELD}
    write(pair, project, lambda batch, sync: sync.update(batch, snapshot, gone))


def replace(pair: Pair, project: str, **fields: Any) -> None:
    snapshot = pair.reference(project).get()
    write(pair, project, lambda batch, sync: sync.set(batch, snapshot, TENANT | fields))


def delete(pair: Pair, project: str) -> None:
    snapshot = pair.reference(project).get()
    write(pair, project, lambda batch, sync: sync.delete(batch, snapshot))


TENANT = {"tenantId": "t"}


def cost(pair: Pair) -> tuple[int, int, int]:
    with costing(pair.costs) as spent:
        pair.settle()
    return spent.as_tuple()


def settled(pair: Pair, **fields: Any) -> Pair:
    create(pair, pair.left, **fields)
    pair.settle()
    return pair


def test_an_update_costs_one_read_and_one_write_and_its_origin_stays_as_it_is(pair: Pair) -> None:
    settled(pair, x=1, y=1)
    update(pair, pair.left, x=2)
    before = pair.raw(pair.left)
    assert cost(pair) == (2, 1, 1)
    assert pair.raw(pair.left) == before
    assert pair.both() == {"x": 2, "y": 1}


def test_and_so_on_back_and_forth(pair: Pair) -> None:
    settled(pair, x=0)
    for number in range(1, 6):
        update(pair, (pair.left, pair.right)[number % 2], x=number)
        assert cost(pair) == (2, 1, 1)
    assert pair.both() == {"x": 5}


def test_told_again_it_costs_one_read(pair: Pair) -> None:
    settled(pair, x=1)
    update(pair, pair.left, x=2)
    again = pair.events[0]
    pair.settle()
    pair.events.append(again)
    assert cost(pair) == (1, 1, 0)


def test_a_deletion_needs_no_write_back_either(pair: Pair) -> None:
    settled(pair, x=1)
    delete(pair, pair.right)
    with costing(pair.costs) as spent:
        pair.settle()
    assert (spent.writes, spent.deletes) == (1, 1)
    assert pair.both() is None


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


def test_a_document_can_be_made_anew_after_a_stamped_deletion_and_deleted_again(pair: Pair) -> None:
    settled(pair, x=1)
    delete(pair, pair.left)
    pair.settle()
    create(pair, pair.left, y=2)
    pair.settle()
    assert pair.both() == {"y": 2}
    delete(pair, pair.left)
    pair.settle()
    assert pair.both() is None


def test_a_set_leaves_just_what_it_says(pair: Pair) -> None:
    settled(pair, x=1, y=1)
    replace(pair, pair.right, y=2)
    assert cost(pair) == (2, 1, 1)
    assert pair.both() == {"y": 2}


def test_a_field_can_be_removed_whatever_its_name(pair: Pair) -> None:
    settled(pair, **{"a.b": 1, "x": 1})
    remove(pair, pair.left, "a.b")
    pair.settle()
    assert pair.both() == {"x": 1}


def test_edits_of_both_sides_at_once_both_stay(pair: Pair) -> None:
    settled(pair, x=1, y=1)
    update(pair, pair.left, x=2)
    update(pair, pair.right, y=2)
    pair.settle()
    assert pair.both() == {"x": 2, "y": 2}


def test_a_write_upon_an_old_snapshot_fails_as_a_whole(pair: Pair) -> None:
    settled(pair, x=1)
    snapshot = pair.reference(pair.left).get()
    update(pair, pair.left, x=2)
    with pytest.raises(FailedPrecondition):
        write(pair, pair.left, lambda batch, sync: sync.update(batch, snapshot, {"x": 3}))


def test_in_a_transaction(pair: Pair) -> None:
    settled(pair, x=1)
    client, reference = pair.clients[pair.left], pair.reference(pair.left)

    @firestore.transactional
    def grow(transaction: Any) -> None:
        snapshot = reference.get(transaction=transaction)
        grown = {"x": snapshot.get("x") + 1}
        stamping(pair, pair.left).update(transaction, snapshot, grown)

    pair._watch(pair.left, lambda _: grow(client.transaction()))
    assert cost(pair) == (2, 1, 1)
    assert pair.both() == {"x": 2}


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
    pair._watch(pair.left, lambda ref: ref.set(old))
    pair.settle()
    assert pair.both() == {"x": 2}
