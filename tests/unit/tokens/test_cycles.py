"""Billing cycles: from the anchor, in every time zone."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo, available_timezones

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.tokens.cycles import boundary, index

ZONES = sorted(zone for zone in available_timezones() if "/" in zone and zone[0].isupper())
MOMENTS = st.datetimes(
    datetime(1970, 1, 1),
    datetime(2090, 12, 31),
    timezones=st.just(UTC),
)


def local(moment: datetime, zone: str) -> str:
    return f"{moment.astimezone(ZoneInfo(zone)):%Y-%m-%d %H:%M}"


def test_the_31st_is_kept_through_shorter_months() -> None:
    anchor = datetime(2026, 1, 31, 12, tzinfo=UTC)
    days = [boundary(anchor, "UTC", n).day for n in range(6)]
    assert days == [31, 28, 31, 30, 31, 30]


def test_february_29_comes_back_in_the_next_leap_year() -> None:
    anchor = datetime(2024, 2, 29, tzinfo=UTC)
    assert [boundary(anchor, "UTC", 12 * n).day for n in range(5)] == [29, 28, 28, 28, 29]


def test_the_day_is_the_one_on_the_owners_wall() -> None:
    anchor = datetime(2026, 2, 1, 4, tzinfo=UTC)  # January 31, 20:00 in Los Angeles
    assert local(boundary(anchor, "America/Los_Angeles", 1), "America/Los_Angeles") == (
        "2026-02-28 20:00"
    )


def test_a_time_that_the_clock_change_skips_becomes_the_first_instant_after_it() -> None:
    skipped = boundary(datetime(2026, 1, 29, 1, 30, tzinfo=UTC), "Europe/Berlin", 2)
    assert skipped == datetime(2026, 3, 29, 1, 0, tzinfo=UTC)


def test_a_time_that_happens_twice_is_its_first_occurrence() -> None:
    anchor = datetime(2026, 9, 25, 0, 30, tzinfo=UTC)  # 02:30 in Berlin
    assert boundary(anchor, "Europe/Berlin", 1) == datetime(2026, 10, 25, 0, 30, tzinfo=UTC)


@pytest.mark.parametrize(
    "zone", ["UTC", "Europe/Paris", "Pacific/Kiritimati", "Australia/Lord_Howe"]
)
def test_cycle_zero_starts_at_the_anchor(zone: str) -> None:
    anchor = datetime(2026, 10, 25, 0, 30, tzinfo=UTC)
    assert boundary(anchor, zone, 0) == anchor
    assert boundary(anchor + timedelta(hours=1), zone, 0) == anchor + timedelta(hours=1)


@given(MOMENTS, st.sampled_from(ZONES), st.integers(0, 400))
def test_boundaries_ascend_and_each_knows_its_number(anchor: datetime, zone: str, n: int) -> None:
    start, end = boundary(anchor, zone, n), boundary(anchor, zone, n + 1)
    assert start < end
    assert index(anchor, zone, start) == n
    assert index(anchor, zone, end - timedelta(microseconds=1)) == n


@given(MOMENTS, st.sampled_from(ZONES), st.integers(0, 3_000_000_000))
def test_the_cycle_of_a_moment_holds_it(anchor: datetime, zone: str, later: int) -> None:
    now = anchor + timedelta(seconds=later)
    n = index(anchor, zone, now)
    assert boundary(anchor, zone, n) <= now < boundary(anchor, zone, n + 1)
