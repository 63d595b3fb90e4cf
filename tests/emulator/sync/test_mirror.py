"""A mirrored document on a real store: exact, at the stated cost, and safe between workers."""

import random
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from google.cloud.firestore_v1 import GeoPoint
from google.cloud.firestore_v1.vector import Vector

from scripts.suite.counting import costing
from shared.kernel.errors import DependencyUnavailable
from tests.emulator.sync.conftest import Event, Pair, event_of

EVERYTHING: dict[str, Any] = {
    "none": None,
    "integer": 2**63 - 1,
    "double": 2.0,
    "time": datetime(2026, 1, 1, 0, 0, 0, 1, tzinfo=UTC),
    "bytes": b"\x00\xff",
    "place": GeoPoint(-90.0, 180.0),
    "vector": Vector([1.0, 2.5]),
    "nested": {"a.b": [1, 1.0, {"deep": None}]},
}


def test_every_value_arrives_to_the_byte(pair: Pair) -> None:
    pair.put(pair.left, **EVERYTHING, reference=pair.reference(pair.left))
    pair.settle()
    left, right = pair.raw(pair.left), pair.raw(pair.right)
    assert left
    assert right
    assert set(left.fields) == {*EVERYTHING, "reference", "tenantId", "_sync"}
    for name in set(left.fields) - {"_sync"}:
        assert left.fields[name] == right.fields[name]


def test_edits_on_both_sides_at_once_both_stay(pair: Pair) -> None:
    pair.put(pair.left, x=1, y=1)
    pair.settle()
    pair.update(pair.left, x=2)
    pair.update(pair.right, y=2)
    pair.settle()
    assert pair.both() == {"x": 2, "y": 2}


def test_a_deletion_is_mirrored_and_old_news_do_not_undo_it(pair: Pair) -> None:
    pair.put(pair.left, x=1)
    old = list(pair.events)
    pair.settle()
    pair.delete(pair.right)
    pair.settle()
    for event in old * 2:
        pair.tell(event)
    assert pair.both() is None


def test_a_document_comes_back_whole_with_an_edit_after_its_deletion(pair: Pair) -> None:
    pair.put(pair.left, x=1, y=1)
    pair.settle()
    pair.delete(pair.left)
    pair.update(pair.right, x=2)
    random.shuffle(pair.events)
    pair.settle()
    assert pair.both() == {"x": 2, "y": 1}


def test_a_document_made_anew_has_nothing_of_the_old_one(pair: Pair) -> None:
    pair.put(pair.left, x=1, y=1)
    pair.settle()
    pair.delete(pair.left)
    pair.put(pair.left, y=2)
    pair.settle()
    assert pair.both() == {"y": 2}


def test_it_stays_even_if_the_deletion_is_dated_by_its_late_dispatch(pair: Pair) -> None:
    pair.put(pair.left, x=1)
    pair.settle()
    pair.delete(pair.left)
    pair.put(pair.left, y=2)
    deletion = pair.events[0]
    pair.events[0] = Event(deletion.data, deletion.time + timedelta(seconds=2))
    pair.settle()
    assert pair.both() == {"y": 2}


def cost_of(pair: Pair, act: Callable[[], None]) -> tuple[int, int, int]:
    """Calls, reads and writes of telling what `act` made happen."""
    act()
    with costing(pair.costs) as spent:
        pair.settle()
    return spent.as_tuple()


def test_an_update_costs_a_read_and_a_write_there_and_a_stamp_here(pair: Pair) -> None:
    pair.put(pair.left, x=1)
    pair.settle()
    assert cost_of(pair, lambda: pair.update(pair.left, x=2)) == (3, 1, 2)


def test_what_was_told_before_costs_a_read_at_each_side(pair: Pair) -> None:
    pair.put(pair.left, x=1)
    pair.settle()
    pair.update(pair.left, x=2)
    again = pair.events[0]
    pair.settle()
    assert cost_of(pair, lambda: pair.events.append(again)) == (3, 3, 0)


def test_an_echo_costs_nothing(pair: Pair) -> None:
    pair.put(pair.left, x=1)
    pair.settle()
    before = pair.raw(pair.right)
    pair.update(pair.left, x=2)
    pair.settle()
    echo = event_of(before, pair.raw(pair.right))
    assert cost_of(pair, lambda: pair.events.append(echo)) == (0, 0, 0)


def test_a_document_of_another_tenant_is_never_touched(pair: Pair) -> None:
    pair.reference(pair.right).set({"tenantId": "other", "x": "theirs"})
    pair.put(pair.left, x="mine")
    pair.delete(pair.left)
    pair.settle()
    assert pair.content(pair.right) == {"x": "theirs"}
    assert {letter.cause for letter in pair.letters} == {"TENANT_MISMATCH"}


def tell_until_told(pair: Pair, event: Event) -> None:
    """As Pub/Sub does: again, until it succeeds."""
    for _ in range(50):
        try:
            return pair.tell(event)
        except DependencyUnavailable:
            continue
    raise AssertionError("never told")


@pytest.mark.parametrize("seed", range(3))
def test_many_workers_at_once_in_any_order_and_twice_end_alike(pair: Pair, seed: int) -> None:
    rng = random.Random(seed)
    pair.put(pair.left, **{f"f{number}": 0 for number in range(5)})
    pair.settle()
    edits = [(rng.choice((pair.left, pair.right)), rng.randrange(5), n) for n in range(40)]
    with ThreadPoolExecutor(12) as pool:
        for project, name, value in edits:
            pool.submit(pair.update, project, **{f"f{name}": value})
            if rng.random() < 0.5 and pair.events:
                pool.submit(tell_until_told, pair, rng.choice(pair.events))
    told = pair.events * 2
    rng.shuffle(told)
    with ThreadPoolExecutor(12) as pool:
        assert len(list(pool.map(lambda event: tell_until_told(pair, event), told))) == len(told)
    end = pair.both()
    for event in pair.events:
        pair.tell(event)
    assert pair.both() == end


@pytest.mark.parametrize("seed", range(4))
def test_a_creation_and_its_deletion_told_at_once_leave_nothing(pair: Pair, seed: int) -> None:
    pair.put(pair.left, x=1)
    pair.delete(pair.left)
    told = pair.events * 3
    random.Random(seed).shuffle(told)
    with ThreadPoolExecutor(6) as pool:
        list(pool.map(lambda event: tell_until_told(pair, event), told))
    assert pair.both() is None
