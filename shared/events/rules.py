"""Pure decisions on events: when one is done, and what a repeated key must repeat."""

import hashlib
import json
from dataclasses import replace

from shared.events.models import EVERYBODY, Event, Filter


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


def done(event: Event, consumer: str) -> Event:
    """The event once a consumer is done with it.

    It is processed when every named target is done; one for everybody, when anybody is.
    """
    by = tuple(sorted({*event.done_by, consumer}))
    named = set(event.targets) - {EVERYBODY}
    return replace(event, done_by=by, processed=named <= set(by))


def wanted(event: Event, filter_: Filter) -> bool:
    """Whether the event is (not) processed, for the target if one is named, else for all."""
    if filter_.processed is None:
        return True
    state = filter_.target in event.done_by if filter_.target else event.processed
    return state is filter_.processed
