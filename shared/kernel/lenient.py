"""Members of documents that others write too: what makes no sense is as if it were missing."""

from collections.abc import Mapping
from typing import Any


def text(value: Any) -> str | None:
    return value if isinstance(value, str) else None


def texts(value: Any) -> tuple[str, ...]:
    found = value if isinstance(value, list | tuple) else ()
    return tuple(each for each in found if isinstance(each, str))


def whole(value: Any, otherwise: int = 0) -> int:
    return value if type(value) is int else otherwise


def mapping(value: Any) -> Mapping[str, Any]:
    return value if isinstance(value, Mapping) else {}
