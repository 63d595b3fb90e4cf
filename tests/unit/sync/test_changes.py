"""What a change says, and which changes say nothing new."""

from dataclasses import replace

from shared.sync.changes import said_by
from shared.sync.contents import content_of
from shared.sync.echoes import is_echo, is_own_removal, says_nothing
from shared.sync.marks import replica_at
from shared.sync.models import Change, Marks, Place, Tombstone, Version, Write
from shared.sync.stamps import stamp_at

SECOND = 1_000_000_000
PLACE = Place("demo-a", "cases", "1")
ONE, TWO = b"\x10\x01", b"\x10\x02"


def stamp(second: int, node: str = "a") -> str:
    return stamp_at(second * 1_000_000, node)


def version(second: int, marks: Marks | None = None, created: int = 0, **fields: bytes) -> Version:
    return Version(fields, marks, created * SECOND, second * SECOND)


def change(old: Version | None, new: Version | None, second: int = 0) -> Change:
    return Change(PLACE, "event", second * 1_000_000, old, new)


def by_engine(node: str = "a", over: int = 1, at: int = 0) -> Marks:
    return Marks({"x": stamp(1)}, write=Write(node, "e", over * SECOND, at * SECOND))


def test_every_field_of_a_new_document_is_stamped_by_its_update_time() -> None:
    said = said_by(change(None, version(5, x=ONE, y=TWO)), "a")
    assert {n: (c[0].stamp, c[0].value) for n, c in said.cells.items()} == {
        "x": (stamp(5), ONE),
        "y": (stamp(5), TWO),
    }


def test_an_edit_stamps_what_it_changed_and_has_seen_all_else() -> None:
    marks = Marks({"x": stamp(1, "b"), "y": stamp(2, "b")})
    said = said_by(change(version(3, marks, x=ONE, y=ONE), version(5, marks, x=TWO, y=ONE)), "a")
    shown = {name: (front[0].stamp, front[0].seen) for name, front in said.cells.items()}
    assert shown == {"x": (stamp(5), stamp(5)), "y": (stamp(2, "b"), stamp(5))}


def test_a_removed_field_is_stamped_too() -> None:
    marks = Marks({"x": stamp(1), "y": stamp(1)})
    said = said_by(change(version(3, marks, x=ONE, y=ONE), version(5, marks, x=ONE)), "a")
    assert (said.cells["y"][0].stamp, said.cells["y"][0].value) == (stamp(5), None)


def test_an_edit_is_stamped_above_a_clock_that_runs_ahead() -> None:
    marks = Marks({"x": stamp(900, "b")})
    said = said_by(change(version(3, marks, x=ONE), version(5, marks, x=TWO)), "a")
    assert said.cells["x"][0].stamp > stamp(900, "b")


def test_what_stood_there_without_a_mark_is_as_old_as_its_version() -> None:
    said = said_by(change(version(3, x=ONE, y=ONE), version(5, x=TWO, y=ONE)), "a")
    assert said.cells["y"][0].stamp == stamp(3)


def test_who_drops_the_marks_changes_no_stamp_of_what_he_did_not_change() -> None:
    marks = Marks({"x": stamp(1, "b"), "y": stamp(2, "b")})
    said = said_by(change(version(3, marks, x=ONE, y=ONE), version(5, x=ONE, y=TWO)), "a")
    assert said.cells["x"][0].stamp == stamp(1, "b")


def test_a_deletion_is_later_than_its_event_its_version_and_all_that_was_known() -> None:
    marks = Marks({"x": stamp(7, "b")})
    for event, expected in ((9, 9), (1, 7)):
        said = said_by(change(version(3, marks, x=ONE), None, second=event), "a")
        assert said.deleted >= stamp(expected)
        assert said.deleted > stamp(7, "b")
        assert not said.alive


def test_a_deletion_in_whole_seconds_is_still_later_than_what_it_deleted() -> None:
    old = Version({"x": ONE}, None, 0, 3_900_000_000)
    assert said_by(change(old, None, second=3), "a").deleted > stamp_at(3_900_000, "a")


def test_every_delivery_of_a_change_says_the_same() -> None:
    told = change(version(3, x=ONE), version(5, x=TWO))
    assert said_by(told, "a") == said_by(replace(told, event_id="another"), "a")


def test_the_engines_own_version_is_an_echo() -> None:
    assert is_echo(change(version(1), version(2, by_engine(over=1))), "a")
    assert is_echo(change(None, version(3, by_engine(over=0, at=2), created=3)), "a")


def test_an_old_copy_of_the_engines_version_is_none() -> None:
    assert not is_echo(change(version(3), version(4, by_engine(over=1))), "a")
    assert not is_echo(change(None, version(60, by_engine(over=0, at=2), created=60)), "a")
    assert not is_echo(change(None, version(2, by_engine(over=1), created=2)), "a")


def test_a_copy_from_another_project_is_none() -> None:
    assert not is_echo(change(version(1), version(2, by_engine("b", over=1))), "a")


def test_a_users_update_beside_the_engines_marks_is_none() -> None:
    marks = by_engine(over=1)
    assert not is_echo(change(version(2, marks, x=ONE), version(3, marks, x=TWO)), "a")


def test_a_write_without_effect_says_nothing() -> None:
    same = version(2, x=ONE)
    assert says_nothing(change(same, same))
    assert not says_nothing(change(same, version(3, x=ONE)))


def test_the_engines_own_removal_is_known_by_the_version_it_removed() -> None:
    stone = Tombstone(stamp(3), removed=(2 * SECOND,))
    assert is_own_removal(change(version(2), None), stone)
    assert not is_own_removal(change(version(1), None), stone)
    assert not is_own_removal(change(version(2), None), None)


def test_a_documents_content_has_one_digest_whatever_its_order() -> None:
    assert content_of({"x": ONE, "y": TWO}) == content_of({"y": TWO, "x": ONE})
    assert content_of({"x": ONE, "y": TWO}) != content_of({"x": TWO, "y": ONE})
    assert content_of({"a": b"1:b"}) != content_of({"a1": b":b"})


def test_a_value_without_a_mark_is_known_but_below_every_stamp() -> None:
    known = replica_at(version(2, Marks({"x": stamp(1)}), x=ONE, y=TWO))
    assert known.cells["y"][0].stamp < known.cells["x"][0].stamp
