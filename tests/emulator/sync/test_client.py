"""Writes that a product stamps itself: exact, conditioned, and never written back."""

from typing import Any

import pytest
from google.api_core.exceptions import FailedPrecondition
from google.cloud import firestore

from scripts.suite.counting import costing
from tests.emulator.sync.conftest import Pair
from tests.emulator.sync.stamped import (
    TENANT,
    cost,
    create,
    delete,
    settled,
    stamping,
    update,
    write,
)


def remove(pair: Pair, project: str, field: str) -> None:
    snapshot, gone = pair.reference(project).get(), {field: firestore.DELETE_FIELD}
    write(pair, project, lambda batch, sync: sync.update(batch, snapshot, gone))


def replace(pair: Pair, project: str, **fields: Any) -> None:
    snapshot = pair.reference(project).get()
    write(pair, project, lambda batch, sync: sync.set(batch, snapshot, TENANT | fields))


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

    pair.watch(pair.left, lambda _: grow(client.transaction()))
    assert cost(pair) == (2, 1, 1)
    assert pair.both() == {"x": 2}
