"""Lists: a page of items and the cursor of the next."""

import base64
import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Generic, TypeVar

import orjson

from shared.kernel.errors import InvalidRequest

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Page(Generic[T]):
    """`next_cursor` is None on the last page."""

    items: Sequence[T]
    next_cursor: str | None = None


def encode_cursor(scope: str, *position: str) -> str:
    """A cursor that is good only for lists of the same scope (an account, a tenant)."""
    text = json.dumps([scope, *position], separators=(",", ":"))
    return base64.urlsafe_b64encode(text.encode()).decode().rstrip("=")


def decode_cursor(cursor: str, scope: str) -> list[str]:
    """The position in the cursor; raises InvalidRequest for any other scope or text."""
    found = _parsed(cursor)
    if not found or found[0] != scope:
        raise InvalidRequest("The cursor does not belong to this list.", reason="foreign_cursor")
    return found[1:]


def _parsed(cursor: str) -> list[str]:
    try:
        value = orjson.loads(base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4)))
    except ValueError:
        return []
    strings = isinstance(value, list) and all(isinstance(part, str) for part in value)
    return value if strings else []
