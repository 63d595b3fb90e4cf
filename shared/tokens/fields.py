"""Members of a stored account, each as it must be: other products write there too."""

from collections.abc import Iterable, Mapping
from datetime import UTC, date, datetime
from typing import Any

LARGEST = 2**53 - 1
YEARS = range(2, 9_999)


def count(value: Any) -> int:
    """A whole number from nothing up."""
    return _within(value, 0)


def difference(value: Any) -> int:
    """A whole number of either sign."""
    return _within(value, -LARGEST)


def counts(found: Any) -> dict[str, int]:
    return {_of(str, name): count(value) for name, value in _of(dict, found or {}).items()}


def differences(found: Any) -> dict[str, int]:
    return {_of(str, name): difference(value) for name, value in _of(dict, found or {}).items()}


def text(value: Any) -> str:
    found: str = _of(str, value)
    return found


def text_or_none(value: Any) -> str | None:
    return None if value is None else text(value)


def texts(found: Any) -> frozenset[str]:
    return frozenset(map(text, _of(list, found or [])))


def one_of(known: Iterable[str], value: Any) -> str:
    if value not in known:
        raise ValueError(value)
    return text(value)


def mapping(found: Any) -> Mapping[str, Any]:
    known: Mapping[str, Any] = _of(dict, found or {})
    return known


def utc(moment: datetime) -> datetime:
    """A plain UTC datetime: the store's own kind carries nanoseconds that no rule needs."""
    return datetime.fromtimestamp(moment.timestamp(), UTC)


def latest(value: datetime) -> datetime:
    """A time that a cycle can end at: never is as good as any."""
    found = utc(value)
    if found.year < YEARS.start:
        raise ValueError(value)
    return found


def moment(value: datetime) -> datetime:
    """A time that cycles can be counted from, in any zone."""
    found = utc(value)
    if found.year not in YEARS:
        raise ValueError(value)
    return found


def day(value: Any) -> str:
    """A day as 2026-01-31 and in no other way."""
    if date.fromisoformat(value).isoformat() != value:
        raise ValueError(value)
    return text(value)


def _within(value: Any, least: int) -> int:
    """Some languages write whole numbers as 5.0."""
    whole = int(value) if type(value) is float and value.is_integer() else value
    if type(whole) is not int or not least <= whole <= LARGEST:
        raise ValueError(value)
    return whole


def _of(kind: type, value: Any) -> Any:
    if type(value) is not kind:
        raise TypeError(type(value).__name__)
    return value
