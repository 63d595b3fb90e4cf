"""The event calls: emit and list; what consumers say stands beside."""

from functions.events import consuming, letters, streams, webhooks
from functions.events.area import (
    EMIT,
    READ,
    acting_tenant,
    area,
    require_own,
    require_source,
    view_of,
)
from functions.events.schemas import (
    EmitAnswer,
    EmitRequest,
    EventPage,
    EventsQuery,
    EventView,
)
from shared.entry.http import Call, Reply, replayed
from shared.entry.wire import Nothing
from shared.events.models import EVERYBODY, Event, Filter
from shared.kernel.ids import derived_uuid
from shared.wiring import Wiring

__all__ = ["consuming", "ecosystem", "letters", "streams", "webhooks"]


@area.route("POST", "/events", EmitRequest, EmitAnswer, status=202, keyed=True)
def emit(call: Call[EmitRequest], wiring: Wiring) -> Reply:
    key, wanted = call.idempotency_key, call.input
    wiring.auth.require(call.caller, EMIT, wanted.tenant_id)
    require_source(call, wanted.source, "/source")
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
    tenant = acting_tenant(call, wiring, READ)
    filter_ = Filter(tenant, query.target, query.types, query.processed)
    cursor = query.cursor or query.after
    if query.wait is None:
        page = wiring.feed.page(filter_, query.limit, cursor)
    else:
        page = wiring.feed.tail(filter_, query.limit, cursor, query.wait)
    return EventPage(
        items=tuple(view_of(e, query.target) for e in page.items), next_cursor=page.next_cursor
    )


@area.route("GET", "/events/<event_id>", Nothing, EventView)
def event(call: Call[Nothing], wiring: Wiring) -> EventView:
    found = wiring.event_bus.get(call.path["event_id"])
    require_own(call, wiring, found, READ)
    return view_of(found)


ecosystem = area.function()


def _targets(target: str | tuple[str, ...] | None) -> tuple[str, ...]:
    if target is None:
        return (EVERYBODY,)
    return (target,) if isinstance(target, str) else target
