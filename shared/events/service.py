"""Use cases of events: emit once, announce what happened here, list."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from shared.events import rules
from shared.events.models import BACKBONE, EVERYBODY, Event, Recorded, Recording
from shared.events.store import Events, recording
from shared.kernel.clock import Clock
from shared.kernel.errors import IdempotencyKeyReused, NotFound
from shared.kernel.ids import derived_uuid

SCANNED_PAGES = 10


class EventBus:
    """Records events, and lists them in their order."""

    def __init__(self, events: Events, clock: Clock) -> None:
        self._events = events
        self._clock = clock

    def emit(self, event: Event) -> Recorded:
        """Record once for each id; raises IdempotencyKeyReused for another event of that id.

        Raises PayloadTooLarge for what a trigger could not bring to its handlers.
        """
        rules.require_small(event)
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
            source=BACKBONE,
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

    def get(self, event_id: str) -> Event:
        found = self._events.get(event_id)
        if found is None:
            raise NotFound(reason="event")
        return found
