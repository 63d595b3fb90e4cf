"""The event calls: emit, list, acknowledge."""

from functions.events import streams
from functions.events.area import area
from functions.events.schemas import (
    AckAnswer,
    AckRequest,
    EmitAnswer,
    EmitRequest,
    EventPage,
    EventsQuery,
    EventView,
)
from shared.entry.http import Call, Reply, replayed
from shared.events.models import EVERYBODY, Event, Filter
from shared.kernel.errors import NotFound
from shared.kernel.ids import derived_uuid
from shared.wiring import Wiring

__all__ = ["ecosystem", "streams"]


@area.route("POST", "/events", EmitRequest, EmitAnswer, status=202)
def emit(call: Call[EmitRequest], wiring: Wiring) -> Reply:
    key, wanted = call.idempotency_key, call.input
    wiring.auth.require(call.caller, "events:event:emit", wanted.tenant_id)
    event = Event(
        event_id=derived_uuid("emitted", wanted.tenant_id, key),
        event_type=wanted.event_type,
        source=wanted.source,
        targets=_targets(wanted.target),
        payload=wanted.payload,
        tenant_id=wanted.tenant_id,
        recorded_at=wiring.clock(),
        subject=wanted.subject,
        schema_version=wanted.schema_version,
    )
    recorded = wiring.event_bus.emit(event)
    answer = EmitAnswer(event_id=recorded.event.event_id, recorded_at=recorded.event.recorded_at)
    return replayed(answer, recorded.replay)


@area.route("GET", "/events", EventsQuery, EventPage)
def events(call: Call[EventsQuery], wiring: Wiring) -> EventPage:
    query = call.input
    filter_ = Filter(_tenant(call, wiring), query.target, query.types, query.processed)
    page = wiring.event_bus.page(filter_, query.limit, query.cursor or query.after)
    return EventPage(items=tuple(_view(e) for e in page.items), next_cursor=page.next_cursor)


@area.route("POST", "/events/<event_id>/ack", AckRequest, AckAnswer)
def acknowledge(call: Call[AckRequest], wiring: Wiring) -> AckAnswer:
    event_id, consumer = call.path["event_id"], call.input.consumer
    _require_own(call, wiring, wiring.event_bus.get(event_id))
    after = wiring.event_bus.acknowledge(event_id, consumer)
    return AckAnswer(event_id=event_id, consumer=consumer, processed=after.processed)


ecosystem = area.function()


def _tenant(call: Call[EventsQuery], wiring: Wiring) -> str | None:
    """The tenant whose events are listed; the platform may list those of all."""
    if call.caller.platform and call.tenant_header is None:
        wiring.auth.require_platform(call.caller, "events:event:read")
        return None
    tenant = wiring.auth.tenant_of(call.caller, call.tenant_header)
    wiring.auth.require(call.caller, "events:event:read", tenant)
    return tenant


def _require_own(call: Call[AckRequest], wiring: Wiring, event: Event) -> None:
    """Another tenant's event is not there."""
    if call.caller.platform:
        wiring.auth.require_platform(call.caller, "events:event:ack")
    elif event.tenant_id is None:
        raise NotFound(reason="platform_event")
    else:
        wiring.auth.require(call.caller, "events:event:ack", event.tenant_id)


def _targets(target: str | tuple[str, ...] | None) -> tuple[str, ...]:
    if target is None:
        return (EVERYBODY,)
    return (target,) if isinstance(target, str) else target


def _view(event: Event) -> EventView:
    named = tuple(target for target in event.targets if target != EVERYBODY)
    return EventView(
        event_id=event.event_id,
        event_type=event.event_type,
        source=event.source,
        target=named[0] if len(named) == 1 else named or None,
        payload=dict(event.payload),
        tenant_id=event.tenant_id,
        subject=event.subject,
        schema_version=event.schema_version,
        processed=event.processed,
        recorded_at=event.recorded_at,
    )
