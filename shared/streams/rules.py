"""Pure decisions on streams: what an append may hold, what a key was used for, what events add
up to."""

import hashlib
from collections.abc import Iterable, Sequence
from typing import Any

import orjson

from shared.events.models import Event
from shared.kernel.errors import Conflict, FieldError, IdempotencyKeyReused, ValidationFailed
from shared.kernel.ids import derived_uuid
from shared.streams.catalogue import Catalogue, Reducer
from shared.streams.models import (
    Append,
    Draft,
    Publication,
    Record,
    Snapshot,
    State,
    StoredEvent,
    Stream,
)

SNAPSHOT_EVERY = 100
MAX_SNAPSHOT_BYTES = 900_000  # Firestore takes a document of 1 MiB


class WrongVersion(Conflict):
    """The stream is at another version than was expected."""

    def __init__(self, current: int) -> None:
        detail = f"The stream is at version {current}."
        super().__init__(detail, reason="wrong_version", currentVersion=current)


def require_appendable(append: Append, known: Catalogue) -> None:
    """Raises ValidationFailed, naming each member that is not."""
    errors = [
        FieldError(f"/events/{at}/{member}", code)
        for at, draft in enumerate(append.drafts)
        for member, code in _errors(draft, known)
    ]
    if errors:
        raise ValidationFailed(errors)


def _errors(draft: Draft, known: Catalogue) -> Iterable[tuple[str, str]]:
    if not known.knows(draft.event_type, draft.schema_version):
        yield "schemaVersion", "unknown_schema_version"
    if not set(draft.personal) <= draft.data.keys():
        yield "personal", "not_in_data"


def require_subject(append: Append, subject: str | None) -> None:
    """A stream is about one subject from its first event on."""
    if subject is not None and subject != append.subject:
        raise Conflict("The stream is about another subject.", reason="another_subject")


def fingerprint(stream: Stream, append: Append) -> str:
    """Of all but the personal values: a digest of those could be guessed after they are erased."""
    events = [
        [d.event_type, d.schema_version, sorted(d.personal), _values(d, personal=False)]
        for d in append.drafts
    ]
    whole = [
        *stream,
        append.expected_version,
        append.subject,
        events,
        append.publish and [*append.publish],
    ]
    return hashlib.sha256(canonical(whole)).hexdigest()


def personal_values(append: Append) -> bytes:
    return canonical([_values(draft, personal=True) for draft in append.drafts])


def require_same(record: Record, mark: str, seal: str | None) -> None:
    """Raises IdempotencyKeyReused for another append; without a seal the rest has to do."""
    if record.fingerprint != mark or (seal is not None and record.seal != seal):
        raise IdempotencyKeyReused(reason="fingerprint")


def published(stream: Stream, event: StoredEvent, publication: Publication) -> Event:
    """What the bus tells of an event, without its personal values."""
    data = {name: value for name, value in event.data.items() if name not in event.personal}
    return Event(
        event_id=derived_uuid("streamed", *stream, str(event.version)),
        event_type=event.event_type,
        source=publication.source,
        targets=tuple(publication.targets),
        payload={"streamId": stream.stream_id, "version": event.version, "data": data},
        tenant_id=stream.tenant_id,
        recorded_at=event.recorded_at,
        subject=stream.stream_id,
        schema_version=event.schema_version,
    )


def fold(state: State, events: Iterable[StoredEvent], reducer: Reducer, known: Catalogue) -> State:
    """The state after these events, which follow it; raises UnknownSchema."""
    version, data, personal, redacted = state
    for event in events:
        data = reducer.apply(data, event.event_type, known.upcast(event))
        version = event.version
        personal = personal or len(event.redacted) < len(event.personal)
        redacted = redacted or bool(event.redacted)
    return State(version, data, personal, redacted)


def until_snapshot(state: State, events: Sequence[StoredEvent]) -> int:
    """How many of the events lead to the last version that is to be kept; 0 for none."""
    last = (state.version + len(events)) // SNAPSHOT_EVERY * SNAPSHOT_EVERY
    return max(last - state.version, 0)


def fits(snapshot: Snapshot) -> bool:
    """Whether it can be stored; without it the state is rebuilt from what can."""
    return len(snapshot.content.encode()) <= MAX_SNAPSHOT_BYTES


def withheld(event: StoredEvent) -> StoredEvent:
    """The event without its personal values."""
    data = {**event.data, **dict.fromkeys(event.personal)}
    return event._replace(data=data, redacted=event.personal)


def canonical(value: Any) -> bytes:
    return orjson.dumps(value, option=orjson.OPT_SORT_KEYS)


def _values(draft: Draft, personal: bool) -> dict[str, Any]:
    names = set(draft.personal)
    return {name: value for name, value in draft.data.items() if (name in names) is personal}
