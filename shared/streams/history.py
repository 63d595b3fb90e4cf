"""Use cases of history: what happened in a tenant's streams, by type and time."""

from collections.abc import Sequence
from contextlib import suppress
from datetime import datetime

from shared.kernel.clock import rfc3339
from shared.kernel.errors import InvalidRequest
from shared.kernel.ids import LONGEST_ID, is_safe_id
from shared.kernel.pages import Page, decode_cursor, encode_cursor
from shared.streams import rules
from shared.streams.archive import Archive
from shared.streams.models import Position, Search, StoredEvent


class History:
    """Personal values are withheld here: whoever needs them reads the stream."""

    def __init__(self, archive: Archive) -> None:
        self._archive = archive

    def page(self, search: Search, limit: int, cursor: str | None) -> Page[StoredEvent]:
        """Events that match, oldest first."""
        scope = f"history:{search.tenant_id}"
        after = _position(decode_cursor(cursor, scope)) if cursor else None
        found = self._archive.find(search, limit + 1, after)
        items = [rules.withheld(event) for event in found[:limit]]
        return Page(items, _cursor(scope, items[-1]) if len(found) > limit else None)


def _cursor(scope: str, event: StoredEvent) -> str:
    return encode_cursor(scope, rfc3339(event.recorded_at), event.stream_id, str(event.version))


def _position(parts: Sequence[str]) -> Position:
    """What `_cursor` wrote, and nothing else: a cursor is the caller's to change."""
    with suppress(ValueError, OverflowError):
        text, stream_id, number = parts
        moment, version = datetime.fromisoformat(text), int(number)
        plain = rfc3339(moment) == text and str(version) == number and 0 < version < 10**10
        if plain and is_safe_id(stream_id, 2 * LONGEST_ID):
            return Position(moment, stream_id, version)
    raise InvalidRequest("The cursor is not valid.", reason="broken_cursor")
