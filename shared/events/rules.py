"""Pure decisions on events: when one is done, and what a repeated key must repeat."""

import hashlib
import json
from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import datetime, timedelta

import orjson

from shared.events.models import EVERYBODY, Event, Filter, Position
from shared.kernel.errors import Conflict, PayloadTooLarge

MAX_CONSUMERS = 50
MAX_PAYLOAD_BYTES = 256 * 1024
# A commit is given up after 8 s (`platform.firestore`), and the store stamps it before that.
LATEST_COMMIT = timedelta(seconds=10)


def fingerprint(event: Event) -> str:
    parts = [
        event.event_type,
        event.source,
        sorted(event.targets),
        event.payload,
        event.tenant_id,
        event.subject,
        event.schema_version,
    ]
    return hashlib.sha256(json.dumps(parts, sort_keys=True).encode()).hexdigest()


def require_small(event: Event) -> None:
    """Raises PayloadTooLarge for a payload that is larger than a request may be."""
    if len(orjson.dumps(event.payload)) > MAX_PAYLOAD_BYTES:
        raise PayloadTooLarge(f"At most {MAX_PAYLOAD_BYTES} bytes.", reason="payload")


def done(event: Event, consumer: str) -> Event:
    """The event once a consumer is done with it.

    It is processed when every named target is done; one for everybody, when anybody is.
    Raises Conflict for more consumers than any ecosystem has.
    """
    by = {*event.done_by, consumer}
    if len(by) > MAX_CONSUMERS:
        raise Conflict(f"At most {MAX_CONSUMERS} consumers of an event.", reason="consumers")
    return _done_by(event, by)


def undone(event: Event, consumer: str, replay_id: str) -> Event:
    """The event when a consumer is to do it again, in a replay."""
    again = replace(event, replays={**event.replays, consumer: replay_id})
    return _done_by(again, {*event.done_by} - {consumer})


def wanted(event: Event, filter_: Filter) -> bool:
    """Whether the event is (not) processed, for the target if one is named, else for all."""
    if filter_.processed is None:
        return True
    state = filter_.target in event.done_by if filter_.target else event.processed
    return state is filter_.processed


def settled(scanned: Sequence[Event], taken_up: Callable[[Event], bool], now: datetime) -> int:
    """How many of the events, in their order, a position may pass for good.

    It waits for what is not taken up, and where an earlier event may still be on its way.
    """
    for number, event in enumerate(scanned):
        if event.recorded_at > now - LATEST_COMMIT or not taken_up(event):
            return number
    return len(scanned)


def place(event: Event) -> Position:
    return Position(event.recorded_at, event.event_id)


def _done_by(event: Event, by: set[str]) -> Event:
    named = set(event.targets) - {EVERYBODY}
    return replace(event, done_by=tuple(sorted(by)), processed=bool(by) and named <= by)
