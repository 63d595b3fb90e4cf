"""Times as they travel: RFC 3339 in UTC with `Z`."""

from datetime import UTC, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.kernel.clock import is_zone, rfc3339, utc_now


@pytest.mark.parametrize(
    ("moment", "text"),
    [
        (datetime(2026, 1, 31, 20, tzinfo=UTC), "2026-01-31T20:00:00Z"),
        (datetime(2026, 1, 31, 20, microsecond=1, tzinfo=UTC), "2026-01-31T20:00:00.000001Z"),
        (
            datetime(2026, 1, 31, 20, tzinfo=timezone(timedelta(hours=-6))),
            "2026-02-01T02:00:00Z",
        ),
        (datetime(33, 1, 1, tzinfo=UTC), "0033-01-01T00:00:00Z"),
    ],
)
def test_a_moment_is_written_in_utc(moment: datetime, text: str) -> None:
    assert rfc3339(moment) == text


@given(st.datetimes(timezones=st.just(UTC)))
def test_what_was_written_reads_as_the_same_moment(moment: datetime) -> None:
    assert datetime.fromisoformat(rfc3339(moment)) == moment


def test_now_knows_its_zone() -> None:
    assert utc_now().utcoffset() == timedelta(0)


@pytest.mark.parametrize("name", ["Europe/Madrid", "America/Argentina/Buenos_Aires", "UTC"])
def test_a_zone_of_ianas_is_one(name: str) -> None:
    assert is_zone(name)


@pytest.mark.parametrize(
    "name",
    [
        "localtime",
        "posixrules",
        "Factory",
        "posix/UTC",
        "right/UTC",
        "America",
        "../zoneinfo/UTC",
        "é",
    ],
)
def test_what_a_machine_keeps_beside_them_is_none(name: str) -> None:
    assert not is_zone(name)
