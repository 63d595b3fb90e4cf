"""Lists: a page of items and the cursor of the next."""

import base64
import json
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from typing import Generic, TypeVar

import orjson

from shared.kernel.base64url import encoded, padded
from shared.kernel.clock import rfc3339
from shared.kernel.errors import InvalidRequest
from shared.kernel.ids import LONGEST_ID, is_safe_id

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Page(Generic[T]):
    """`next_cursor` is None on the last page."""

    items: Sequence[T]
    next_cursor: str | None = None


def encode_cursor(scope: str, *position: str) -> str:
    """A cursor that is good only for lists of the same scope (an account, a tenant)."""
    text = json.dumps([scope, *position], separators=(",", ":"))
    return encoded(text.encode())


def decode_cursor(cursor: str, scope: str) -> list[str]:
    """The position in the cursor; raises InvalidRequest for any other scope or text."""
    found = _parsed(cursor)
    if not found or found[0] != scope:
        raise InvalidRequest("The cursor does not belong to this list.", reason="foreign_cursor")
    return found[1:]


def decode_id(cursor: str, scope: str) -> str:
    """The position, where it is an id and nothing else: a cursor is the caller's to change."""
    found = decode_cursor(cursor, scope)
    if len(found) != 1 or not is_safe_id(found[0], 2 * LONGEST_ID):
        raise _broken()
    return found[0]


def decode_moment(cursor: str, scope: str) -> tuple[datetime, str]:
    """The position, where it is a time (RFC 3339) and an id, and nothing else."""
    found = decode_cursor(cursor, scope)
    with suppress(ValueError, OverflowError):
        text, name = found
        moment = datetime.fromisoformat(text)
        if rfc3339(moment) == text and is_safe_id(name, 2 * LONGEST_ID):
            return moment, name
    raise _broken()


def page_of(found: Mapping[str, T], scope: str, limit: int, cursor: str | None) -> Page[T]:
    """A page of a list that is at hand as a whole, in its order, by the names in it."""
    names = list(found)
    after = decode_cursor(cursor, scope)[:1] if cursor else []
    begin = names.index(after[0]) + 1 if after and after[0] in found else 0
    shown = names[begin : begin + limit]
    more = len(names) > begin + len(shown)
    return Page([found[name] for name in shown], encode_cursor(scope, shown[-1]) if more else None)


def page_behind(
    found: Sequence[T], limit: int, scope: str, position: Callable[[T], Sequence[str]]
) -> Page[T]:
    """A page of what was asked for as one more than fits: that one says whether there is more."""
    shown = found[:limit]
    more = len(found) > limit
    return Page(shown, encode_cursor(scope, *position(shown[-1])) if more else None)


def _broken() -> InvalidRequest:
    return InvalidRequest("The cursor is not valid.", reason="broken_cursor")


def _parsed(cursor: str) -> list[str]:
    try:
        value = orjson.loads(base64.urlsafe_b64decode(padded(cursor)))
    except ValueError:
        return []
    strings = isinstance(value, list) and all(isinstance(part, str) for part in value)
    return value if strings else []
