"""Use cases of events: emit once, announce what happened here, list."""

from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import replace
from datetime import datetime
from typing import Any

from shared.events import rules
from shared.events.models import EVERYBODY, Event, Filter, Position, Recorded, Recording
from shared.events.store import Events, recording
from shared.kernel.clock import Clock, rfc3339
from shared.kernel.errors import IdempotencyKeyReused, InvalidRequest, NotFound
from shared.kernel.ids import derived_uuid, is_safe_id
from shared.kernel.pages import Page, decode_cursor, encode_cursor

SCANNED_PAGES = 10


class EventBus:
    """Records events, and lists them in their order."""

    def __init__(self, events: Events, clock: Clock) -> None:
        self._events = events
        self._clock = clock

    def emit(self, event: Event) -> Recorded:
        """Record once for each id; raises IdempotencyKeyReused for another event of that id."""
        marked = replace(event, fingerprint=rules.fingerprint(event))
        recorded_at = self._events.add(marked)
        if recorded_at:
            return Recorded(replace(marked, recorded_at=recorded_at), replay=False)
        found = self._events.get(event.event_id)
        if found is None or found.fingerprint != marked.fingerprint:
            raise IdempotencyKeyReused(reason="fingerprint")
        return Recorded(found, replay=True)

    def announce(
        self,
        event_type: str,
        occasion: str,
        tenant_id: str | None,
        subject: str,
        payload: Mapping[str, Any],
    ) -> bool:
        """Record what the backbone itself did, once for each occasion; False if it was."""
        event = Event(
            event_id=derived_uuid("announced", event_type, occasion),
            event_type=event_type,
            source="hyphae",
            targets=(EVERYBODY,),
            payload=payload,
            tenant_id=tenant_id,
            recorded_at=self._clock(),
            subject=subject,
        )
        added = self._events.add(replace(event, fingerprint=rules.fingerprint(event)))
        return added is not None

    def recording(self, event: Event) -> Recording:
        """The event as a document to create in the commit of what it tells of: both, or neither."""
        return recording(replace(event, fingerprint=rules.fingerprint(event)))

    def page(self, filter_: Filter, limit: int, cursor: str | None) -> Page[Event]:
        """Events that match, oldest first. A page may be short of `limit` and not the last."""
        scope = f"events:{filter_.tenant_id or EVERYBODY}"
        after = _position(decode_cursor(cursor, scope)) if cursor else None
        found: list[Event] = []
        for _ in range(SCANNED_PAGES):
            scanned = self._events.page(filter_, limit, after)
            for event in scanned:
                after = rules.place(event)
                if rules.wanted(event, filter_):
                    found.append(event)
                if len(found) == limit:
                    return Page(found, _cursor(scope, event))
            if len(scanned) < limit:
                return Page(found)
        return Page(found, _cursor(scope, scanned[-1]))

    def get(self, event_id: str) -> Event:
        found = self._events.get(event_id)
        if found is None:
            raise NotFound(reason="event")
        return found


def _cursor(scope: str, event: Event) -> str:
    return encode_cursor(scope, rfc3339(event.recorded_at), event.event_id)


def _position(parts: Sequence[str]) -> Position:
    """What `_cursor` wrote, and nothing else: a cursor is the caller's to change."""
    with suppress(ValueError, OverflowError):
        text, event_id = parts
        moment = datetime.fromisoformat(text)
        if rfc3339(moment) == text and is_safe_id(event_id):
            return Position(moment, event_id)
    raise InvalidRequest("The cursor is not valid.", reason="broken_cursor")
