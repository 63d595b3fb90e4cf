"""The hub's own consumers of events: one line each. Every event of its types is handled once."""

from collections.abc import Sequence

from shared.events.handling import Handler, Happening
from shared.events.queue import Effect
from shared.platform.logs import log
from shared.wiring import Wiring


def tell_operators(happening: Happening, _: Wiring) -> Sequence[Effect]:
    """An account that does not add up is for people to look at: alerts are made of this line."""
    event = happening.event
    log("ERROR", "account parked", accountId=event.subject, eventId=event.event_id)
    return ()


HANDLERS: tuple[Handler[Wiring], ...] = (
    Handler("operators", tell_operators, types=("account_parked",)),
)
