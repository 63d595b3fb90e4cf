"""The area of the event calls, and whose events a call is about."""

from typing import Any

from functions.events.handlers import is_hubs
from functions.events.schemas import EventView
from shared.entry.http import Area, Call
from shared.events.documents import named_targets
from shared.events.models import BACKBONE, Event
from shared.kernel.errors import FieldError, NotFound, ValidationFailed
from shared.wiring import Wiring

area = Area("ecosystem")

READ, EMIT, ACK = "events:event:read", "events:event:emit", "events:event:ack"
REDRIVE, REPLAY = "events:dead-letter:write", "events:replay:write"


def acting_tenant(call: Call[Any], wiring: Wiring, permission: str) -> str | None:
    """The tenant a call acts in; None for all of them, which the platform alone may say."""
    if call.caller.platform and call.tenant_header is None:
        wiring.auth.require_platform(call.caller, permission)
        return None
    tenant = wiring.auth.tenant_of(call.caller, call.tenant_header)
    wiring.auth.require(call.caller, permission, tenant)
    return tenant


def require_own(call: Call[Any], wiring: Wiring, event: Event, permission: str) -> None:
    """Another tenant's event is not there."""
    if call.caller.platform:
        wiring.auth.require_platform(call.caller, permission)
    elif event.tenant_id is None:
        raise NotFound(reason="platform_event")
    else:
        wiring.auth.require(call.caller, permission, event.tenant_id)


def require_consumer(
    call: Call[Any], wiring: Wiring, consumer: str, tenant: str | None, *targets: str
) -> None:
    """A consumer is a product of the tenant, the caller's own, or one that the event names.

    The platform may name any, and nobody else the hub's own. Raises ValidationFailed for others.
    """
    if call.caller.platform:
        return
    own = call.caller.key.product if call.caller.key else None
    named = consumer == own or consumer in targets
    if is_hubs(consumer) or not (named or consumer in wiring.auth.products(tenant or "")):
        raise ValidationFailed([FieldError("/consumer", "unknown_consumer")])


def require_source(call: Call[Any], source: str, pointer: str) -> None:
    """What the backbone says is said by nobody else, the platform aside."""
    if source == BACKBONE and not call.caller.platform:
        raise ValidationFailed([FieldError(pointer, "reserved")])


def view_of(event: Event, consumer: str | None = None) -> EventView:
    """The event as anybody sees it, or as one consumer does."""
    return EventView(
        event_id=event.event_id,
        event_type=event.event_type,
        source=event.source,
        target=_as_tuple(named_targets(event)),
        payload=dict(event.payload),
        tenant_id=event.tenant_id,
        subject=event.subject,
        schema_version=event.schema_version,
        processed=event.processed,
        recorded_at=event.recorded_at,
        replay_id=event.replays.get(consumer) if consumer else None,
    )


def _as_tuple(target: str | list[str] | None) -> str | tuple[str, ...] | None:
    return tuple(target) if isinstance(target, list) else target
