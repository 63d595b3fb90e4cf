"""Time: aware, in UTC, written as RFC 3339 with `Z`."""

from collections.abc import Callable
from datetime import UTC, datetime
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

Clock = Callable[[], datetime]
# What zoneinfo finds beside IANA's: the machine's own, nobody's, and other counts of seconds.
NO_ZONES = ("localtime", "posixrules", "Factory", "posix/", "right/")


def utc_now() -> datetime:
    return datetime.now(UTC)


def rfc3339(moment: datetime) -> str:
    """`2026-01-31T20:00:00.000000Z` to the microsecond; whole seconds without a fraction."""
    return moment.astimezone(UTC).isoformat().replace("+00:00", "Z")


def is_zone(name: str) -> bool:
    """Whether it names one of IANA's time zones."""
    if name.startswith(NO_ZONES):
        return False
    try:
        ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        return False
    return True
