"""The hub's own consumers of events: one line each. Every event of its types is handled once."""

from collections.abc import Sequence
from datetime import datetime

from shared.events.handling import Handler, Happening
from shared.events.models import BACKBONE, Filter
from shared.events.queue import Effect
from shared.kernel.errors import FieldError, ValidationFailed
from shared.platform.logs import log
from shared.wiring import Wiring


def tell_operators(happening: Happening, _: Wiring) -> Sequence[Effect]:
    """An account that does not add up is for people to look at: alerts are made of this line."""
    event = happening.event
    if event.source != BACKBONE:
        return ()
    log("ERROR", "account parked", accountId=event.subject, eventId=event.event_id)
    return ()


HANDLERS: tuple[Handler[Wiring], ...] = (
    Handler("operators", tell_operators, types=("account_parked",)),
)


def is_hubs(consumer: str) -> bool:
    return any(handler.consumer == consumer for handler in HANDLERS)


def heard(
    tenant: str | None,
    consumer: str,
    types: Sequence[str] = (),
    since: datetime | None = None,
    until: datetime | None = None,
) -> Filter:
    """The events that a consumer is told of: one of the hub's by their types, others as targets.

    Raises ValidationFailed for types that one of the hub's does not hear.
    """
    handler = next((handler for handler in HANDLERS if handler.consumer == consumer), None)
    if handler is None:
        return Filter(tenant, consumer, types, since=since, until=until)
    if handler.types and not {*types} <= {*handler.types}:
        raise ValidationFailed([FieldError("/types", "not_heard")])
    return Filter(tenant, types=types or handler.types, since=since, until=until)
