"""What costs and limits are computed with."""

import pytest

from scripts.suite.scale.limits import DOCUMENT_BYTES, ramp_seconds, rooms
from scripts.suite.scale.month import PROFILE, bill, month
from scripts.suite.scale.operations import BY_PAGE, ONE_BY_ONE
from scripts.suite.scale.scene import Operation
from shared.tokens.holds import MAX_HOLDS


@pytest.mark.parametrize(
    ("operations", "seconds"),
    [(0, 0), (500, 1), (150_000, 300), (150_750, 301), (375_000, 600), (376_125, 601)],
)
def test_a_new_collection_takes_half_as_much_again_every_five_minutes(
    operations: int, seconds: int
) -> None:
    assert ramp_seconds(operations) == seconds


def test_a_month_is_what_happens_times_what_it_costs() -> None:
    deduct = Operation("deduct", calls=2, reads=1, writes=2, triggers=1, stored=2**30)
    total = month([deduct], users=10)
    times = PROFILE["deduct"] * 10
    assert total.reads == total.triggers == total.calls == total.gibibytes == times
    assert total.writes == 2 * times
    assert bill(total)[1].dollars == pytest.approx(2 * times * 0.18 / 100_000)


def test_whatever_happens_in_a_month_is_measured() -> None:
    assert set(PROFILE) <= set(ONE_BY_ONE) | set(BY_PAGE)


def test_thirty_deductions_a_month_are_what_the_profile_says() -> None:
    kinds = (name for name in PROFILE if name.startswith("deduct") and "repeated" not in name)
    assert sum(PROFILE[name] for name in kinds) == pytest.approx(30)


def test_an_account_has_room_for_all_the_holds_it_may_have() -> None:
    (holds,) = (room for room in rooms() if room.name == "open hold")
    assert MAX_HOLDS * holds.each < DOCUMENT_BYTES / 4
