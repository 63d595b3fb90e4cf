"""Rings of versions: they only grow, are swept once all have moved on, and end for good."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.crypto import rules
from shared.crypto.models import Erased, KeyRing, WrappedKey
from shared.kernel.errors import Conflict

NOW = datetime(2026, 1, 1, tzinfo=UTC)
RINGS = st.builds(
    lambda count, settled: KeyRing("t", (version(),) * count, min(settled, count)),
    st.integers(1, 9),
    st.integers(1, 9),
)


def version(made_at: datetime = NOW) -> WrappedKey:
    return WrappedKey(b"w", "kek", made_at)


@given(RINGS, st.integers(-3, 300))
def test_a_name_is_of_one_version_or_of_none(ring: KeyRing, number: int) -> None:
    found = rules.number_of(ring, rules.kid("t", number))
    assert found == (number if 1 <= number <= ring.newest else None)
    assert rules.number_of(ring, rules.kid("t2", number)) is None


@pytest.mark.parametrize("digits", ["01", "+1", " 1", "1 ", "\u0661", "", "1e0", "1" * 5000])
def test_another_spelling_names_no_version(digits: str) -> None:
    name = rules.kid("t", 1)[:-1] + digits
    assert rules.number_of(KeyRing("t", (version(),)), name) is None


@given(RINGS)
def test_a_rotation_adds_a_version_that_is_to_be_swept_later(ring: KeyRing) -> None:
    after = rules.rotated(ring, version(NOW))
    assert (after.newest, after.settled) == (ring.newest + 1, ring.settled)
    assert after.versions[:-1] == ring.versions
    assert not rules.wants_sweep(after, NOW + rules.SETTLING - timedelta(microseconds=1))
    assert rules.wants_sweep(after, NOW + rules.SETTLING)
    assert rules.next_turn(after) == NOW + rules.SETTLING


def test_a_first_version_has_nothing_to_sweep() -> None:
    ring = rules.rotated(KeyRing("t", ()), version())
    assert not rules.wants_sweep(ring, NOW + rules.ROTATED_EVERY)
    assert rules.next_turn(ring) == NOW + rules.ROTATED_EVERY


@given(RINGS, st.integers(0, 12))
def test_what_is_settled_only_grows_and_never_past_the_newest(ring: KeyRing, number: int) -> None:
    after = rules.settled(ring, number)
    assert (after is not None) == (ring.settled < number <= ring.newest)
    assert after is None or after.settled == number


@given(RINGS, st.timedeltas(timedelta(0), timedelta(days=400)))
def test_its_turn_comes_when_it_wants_something(ring: KeyRing, later: timedelta) -> None:
    turn, now = rules.next_turn(ring), NOW + later
    assert turn
    wants = rules.wants_sweep(ring, now) or rules.wants_rotation(ring, now)
    assert wants == (now >= turn)


def test_a_full_ring_takes_no_more() -> None:
    ring = KeyRing("t", (version(),) * rules.MOST_VERSIONS)
    with pytest.raises(Conflict):
        rules.rotated(ring, version())


@given(st.one_of(st.none(), RINGS))
def test_the_end_is_the_end(ring: KeyRing | None) -> None:
    gone = rules.destroyed(ring, "t", NOW)
    assert gone
    assert (gone.versions, gone.destroyed_at) == ((), NOW)
    assert rules.destroyed(gone, "t", NOW + timedelta(days=1)) is None
    assert rules.next_turn(gone) is None
    assert not rules.wants_rotation(gone, NOW + rules.ROTATED_EVERY)
    assert not rules.wants_sweep(gone, NOW + rules.ROTATED_EVERY)
    for act in (lambda: rules.require_alive(gone), lambda: rules.rotated(gone, version())):
        with pytest.raises(Erased):
            act()
