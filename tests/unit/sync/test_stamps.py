"""Stamps sort as their moments do, and stay above what their writer knew."""

from hypothesis import given
from hypothesis import strategies as st

from shared.sync.stamps import is_stamp, stamp_above, stamp_at

MOMENTS = st.integers(0, 2**62)
NOW = 1_800_000_000_000_000


@given(MOMENTS, MOMENTS)
def test_they_sort_as_moments_do(one: int, other: int) -> None:
    assert (stamp_at(one, "a") < stamp_at(other, "a")) == (one < other)


@given(MOMENTS, st.lists(MOMENTS.map(lambda moment: stamp_at(moment, "b"))))
def test_a_write_is_stamped_above_all_that_its_writer_knew(moment: int, known: list[str]) -> None:
    found = stamp_above(moment, "a", known)
    assert all(found > stamp for stamp in known)
    assert found >= stamp_at(moment, "a")
    assert is_stamp(found, 2**63)


def test_a_write_that_knew_only_older_ones_is_stamped_by_its_own_clock() -> None:
    assert stamp_above(NOW, "a", [stamp_at(NOW - 1, "b")]) == stamp_at(NOW, "a")


def test_two_writes_below_the_same_stamp_of_another_clock_keep_their_order() -> None:
    ahead = stamp_at(NOW + 300, "b")
    first, second = stamp_above(NOW, "a", [ahead]), stamp_above(NOW + 1, "a", [ahead])
    assert ahead < first < second


def test_the_counter_carries_over() -> None:
    full = f"{NOW:016x}ffff-b"
    assert stamp_above(NOW, "a", [full]) > full


def test_what_is_no_stamp_or_from_the_far_future_is_not_believed() -> None:
    good = stamp_at(NOW, "demo-app")
    assert is_stamp(good, NOW)
    bad = [7, None, "", "x", good.upper(), good + " ", good.replace("-", "_"), "f" * 20 + "-a"]
    assert not any(is_stamp(text, NOW) for text in bad)
    assert not is_stamp(stamp_at(NOW + 1, "a"), NOW)
