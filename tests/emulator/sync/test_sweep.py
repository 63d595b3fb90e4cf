"""The sweep on a real store: whatever was lost, both sides end alike, and stay as they are."""

import pytest

from tests.emulator.sync.routes import Lossy


@pytest.fixture
def lossy() -> Lossy:
    return Lossy()


def silent(lossy: Lossy) -> None:
    """Another run finds nothing, and writes nothing in the members."""
    before = lossy.versions()
    assert lossy.swept().total.drift == 0
    assert lossy.versions() == before


def test_what_was_there_before_the_route_is_filled_in_on_both_sides(lossy: Lossy) -> None:
    lossy.drop = 1
    lossy.put(lossy.left, "l", x=1)
    lossy.put(lossy.right, "r", x=2)
    run = lossy.swept()
    assert lossy.both() == {"l": {"x": 1}, "r": {"x": 2}}
    assert (run.status, run.total) == ("done", (2, 2, 0))
    silent(lossy)


def test_of_two_unmarked_documents_each_field_is_what_was_written_last(lossy: Lossy) -> None:
    lossy.drop = 1
    lossy.put(lossy.left, "one", x="old", left=1)
    lossy.put(lossy.right, "one", x="new", right=1)
    lossy.put(lossy.right, "two", x="old", right=1)
    lossy.put(lossy.left, "two", x="new", left=1)
    lossy.swept()
    merged = {"x": "new", "left": 1, "right": 1}
    assert lossy.both() == {"one": merged, "two": merged}
    silent(lossy)


def test_lost_edits_of_different_fields_on_both_sides_both_stay(lossy: Lossy) -> None:
    lossy.put(lossy.left, "d", x=0, y=0, z=0)
    lossy.drop = 1
    lossy.update(lossy.left, "d", x=1)
    lossy.update(lossy.right, "d", y=1)
    assert lossy.swept().total == (1, 1, 0)
    assert lossy.both() == {"d": {"x": 1, "y": 1, "z": 0}}
    silent(lossy)


def test_a_lost_edit_of_a_document_that_was_stale_sets_nothing_back(lossy: Lossy) -> None:
    lossy.put(lossy.left, "d", x=0, y=0)
    lossy.update(lossy.left, "d", x=1)
    lossy.drop = 1
    lossy.update(lossy.right, "d", y=1)
    lossy.swept()
    assert lossy.both() == {"d": {"x": 1, "y": 1}}
    silent(lossy)


@pytest.mark.parametrize("policies", [{}, {"x": "max", "y": "counter", "z": "prefer(%s)"}])
@pytest.mark.parametrize("seed", range(3))
def test_whatever_is_lost_a_run_ends_without_drift_and_the_next_writes_nothing(
    seed: int, policies: dict[str, str]
) -> None:
    lossy = Lossy(seed=seed)
    lossy.rule(policies)
    for _ in range(3):
        lossy.drop = 0.5
        lossy.live(40)
        lossy.swept()
        lossy.both()
        silent(lossy)


def test_a_deletion_that_nobody_heard_of_is_undone_not_repeated(lossy: Lossy) -> None:
    lossy.put(lossy.left, "d", x=1)
    lossy.drop = 1
    lossy.delete(lossy.left, "d")
    lossy.swept()
    assert lossy.both() == {"d": {"x": 1}}
    silent(lossy)


def test_a_deletion_that_one_side_knows_of_is_told_to_the_other(lossy: Lossy) -> None:
    lossy.put(lossy.left, "d", x=1)
    standing = lossy.raw(lossy.right, "d")
    lossy.delete(lossy.left, "d")
    lossy.restore(lossy.right, "d", standing)
    assert lossy.swept().total == (1, 1, 0)
    assert lossy.both() == {}
    silent(lossy)


def test_an_edit_after_a_deletion_brings_the_document_back(lossy: Lossy) -> None:
    lossy.put(lossy.left, "d", x=1)
    lossy.delete(lossy.left, "d")
    lossy.drop = 1
    lossy.put(lossy.right, "d", x=2)
    lossy.swept()
    assert lossy.both() == {"d": {"x": 2}}
    silent(lossy)


def test_a_change_that_still_comes_after_the_sweep_changes_nothing(lossy: Lossy) -> None:
    lossy.put(lossy.left, "d", x=0, y=0)
    lossy.drop = 1
    lossy.update(lossy.left, "d", x=1)
    lossy.update(lossy.right, "d", y=1)
    lossy.delete(lossy.right, "gone")
    lossy.swept()
    before = lossy.versions()
    for event in lossy.lost:
        lossy.tell(event)
    assert lossy.versions() == before


def test_what_no_event_can_carry_is_mirrored_all_the_same(lossy: Lossy) -> None:
    """Eventarc drops what is larger than 512 KB, old and new value together."""
    lossy.drop = 1
    large = "x" * 900_000
    for number in range(6):
        lossy.put(lossy.left, f"d{number}", text=large)
    lossy.swept()
    lossy.update(lossy.right, "d3", text=large[1:])
    assert lossy.swept().total == (6, 1, 0)
    assert len(lossy.both()["d3"]["text"]) == 899_999
    silent(lossy)


def test_what_has_no_room_for_its_marks_is_refused_once_and_keeps_no_other_waiting(
    lossy: Lossy,
) -> None:
    lossy.drop = 1
    lossy.put(lossy.left, "full", text="x" * 1_048_400)
    lossy.put(lossy.left, "good", x=1)
    assert lossy.swept().total == (2, 1, 1)
    assert lossy.content(lossy.right) == {"good": {"x": 1}}
    assert lossy.swept().total == (2, 0, 1)
    assert {letter.cause for letter in lossy.letters} == {"UNWRITABLE_DOCUMENT"}
    assert len({letter.event_id for letter in lossy.letters}) == 1


def test_one_tenants_document_never_reaches_another_and_each_is_counted_with_its_own(
    lossy: Lossy,
) -> None:
    lossy.drop = 1
    lossy.put(lossy.left, "same", tenant="a", x="of a")
    lossy.put(lossy.right, "same", tenant="b", x="of b")
    lossy.put(lossy.right, "mine", tenant="b", x=1)
    run = lossy.swept()
    assert lossy.content(lossy.left)["same"] == {"x": "of a"}
    assert lossy.content(lossy.right)["same"] == {"x": "of b"}
    assert run.tenants == {"a": (1, 0, 1), "b": (1, 1, 0)}


def test_a_one_way_route_takes_nothing_back(lossy: Lossy) -> None:
    one_way = Lossy("oneWay")
    one_way.drop = 1
    one_way.put(one_way.left, "l", x=1)
    one_way.put(one_way.right, "r", x=2)
    one_way.swept()
    assert one_way.content(one_way.left) == {"l": {"x": 1}}
    assert one_way.content(one_way.right) == {"l": {"x": 1}, "r": {"x": 2}}
    silent(one_way)
