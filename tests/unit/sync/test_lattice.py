"""The merge is a join: its laws, for any replicas at all."""

import random
from functools import reduce

from hypothesis import given
from hypothesis import strategies as st

from shared.sync.lattice import front_of, merge, news
from shared.sync.models import Cell, Replica

STAMPS = st.sampled_from([f"{moment:020x}-{node}" for moment in range(1, 6) for node in "ab"])
CELLS = st.builds(Cell, STAMPS, STAMPS, st.none() | st.sampled_from([b"p", b"q"]))
FRONTS = st.lists(CELLS, min_size=1, max_size=3).map(front_of)


def settled(replica: Replica) -> Replica:
    """As replicas are: nothing in them that their own deletion took away."""
    return merge(replica, Replica())


REPLICAS = st.builds(
    Replica, st.dictionaries(st.sampled_from("xyz"), FRONTS), st.just("") | STAMPS
).map(settled)


@given(REPLICAS, REPLICAS)
def test_it_is_commutative(one: Replica, other: Replica) -> None:
    assert merge(one, other) == merge(other, one)


@given(REPLICAS, REPLICAS, REPLICAS)
def test_it_is_associative(one: Replica, two: Replica, three: Replica) -> None:
    assert merge(merge(one, two), three) == merge(one, merge(two, three))


@given(REPLICAS)
def test_it_is_idempotent(replica: Replica) -> None:
    assert merge(replica, replica) == replica


@given(st.lists(REPLICAS, min_size=1, max_size=6), st.randoms(use_true_random=False))
def test_any_order_and_any_repetition_end_alike(told: list[Replica], rng: random.Random) -> None:
    heard = told + rng.choices(told, k=len(told))
    rng.shuffle(heard)
    assert reduce(merge, heard) == reduce(merge, told)


@given(REPLICAS, REPLICAS)
def test_the_news_are_all_that_a_merge_needs(known: Replica, heard: Replica) -> None:
    assert merge(known, news(known, heard)) == merge(known, heard)


@given(REPLICAS, REPLICAS)
def test_there_are_no_news_exactly_when_the_merge_changes_nothing(
    known: Replica, heard: Replica
) -> None:
    assert (news(known, heard) == Replica()) == (merge(known, heard) == known)


@given(REPLICAS, REPLICAS)
def test_no_stamp_that_shows_and_no_deletion_ever_goes_back(one: Replica, other: Replica) -> None:
    both = merge(one, other)
    assert both.deleted >= one.deleted
    for name in one.cells.keys() & both.cells.keys():
        shown = [cell for cell in one.cells[name] if cell.seen > both.deleted or not both.deleted]
        assert not shown or both.cells[name][0].stamp >= shown[0].stamp


@given(REPLICAS, STAMPS)
def test_nothing_comes_back_that_nobody_saw_after_the_deletion(old: Replica, deleted: str) -> None:
    left = merge(old, Replica(deleted=deleted))
    assert all(cell.seen > deleted for front in left.cells.values() for cell in front)


def test_a_later_sighting_keeps_an_older_value_for_the_time_after_a_deletion() -> None:
    edited = Replica({"x": (Cell("7", "7", b"new"),)})
    seen_so = Replica({"x": (Cell("5", "9", b"old"),)})
    both = merge(edited, seen_so)
    assert both.cells["x"][0].value == b"new"
    assert merge(both, Replica(deleted="8")).cells["x"][0].value == b"old"
