"""Events that are dead, and what is leased of them."""

from shared.events.letters import DeadFilter
from shared.events.models import Delivery
from shared.wiring import Wiring


def delivery(wiring: Wiring, event_id: str, consumer: str = "SMP") -> Delivery:
    name = f"{event_id}__{consumer}"
    return wiring.deliveries.known([name])[name].delivery


def letters(wiring: Wiring, filter_: DeadFilter) -> list[str]:
    return [found.event_id for found in wiring.dead_letters.page(filter_, 100, None).items]
