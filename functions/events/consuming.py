"""The calls of consumers: lease, ack, nack."""

from datetime import timedelta

from functions.events.area import ACK, acting_tenant, area, require_consumer, require_own, view_of
from functions.events.handlers import heard
from functions.events.schemas import (
    AckAnswer,
    AckRequest,
    LeaseAnswer,
    LeasedEvent,
    LeaseRequest,
    NackAnswer,
    NackRequest,
)
from shared.entry.http import Call
from shared.events.intake import Wish
from shared.events.models import Cause, Event, Lease
from shared.events.queue import Queue
from shared.wiring import Wiring


@area.route("POST", "/events/lease", LeaseRequest, LeaseAnswer)
def lease(call: Call[LeaseRequest], wiring: Wiring) -> LeaseAnswer:
    wanted, tenant = call.input, acting_tenant(call, wiring, ACK)
    require_consumer(call, wiring, wanted.consumer, tenant)
    queue, told = Queue(tenant, wanted.consumer), heard(tenant, wanted.consumer)
    wish = Wish(wanted.max, timedelta(seconds=wanted.lease_seconds), wanted.types)
    leases = wiring.consumers.lease(queue, told, wish)
    return LeaseAnswer(items=tuple(map(_leased, leases)))


@area.route("POST", "/events/<event_id>/ack", AckRequest, AckAnswer)
def acknowledge(call: Call[AckRequest], wiring: Wiring) -> AckAnswer:
    event, consumer = _of_consumer(call, wiring, call.input.consumer), call.input.consumer
    after = wiring.consumers.acknowledge(event.event_id, consumer, call.input.lease_id)
    return AckAnswer(event_id=event.event_id, consumer=consumer, processed=after.event.processed)


@area.route("POST", "/events/<event_id>/nack", NackRequest, NackAnswer)
def refuse(call: Call[NackRequest], wiring: Wiring) -> NackAnswer:
    said = call.input
    event = _of_consumer(call, wiring, said.consumer)
    cause = Cause("nacked", said.outcome, said.reason)
    delay = None if said.delay_seconds is None else timedelta(seconds=said.delay_seconds)
    after = wiring.consumers.refuse(event.event_id, said.consumer, cause, delay, said.lease_id)
    return NackAnswer.model_validate(after.delivery, from_attributes=True)


def _of_consumer(call: Call[AckRequest] | Call[NackRequest], wiring: Wiring, name: str) -> Event:
    event = wiring.event_bus.get(call.path["event_id"])
    require_own(call, wiring, event, ACK)
    require_consumer(call, wiring, name, event.tenant_id, *event.targets)
    return event


def _leased(lease: Lease) -> LeasedEvent:
    delivery = lease.delivery
    seen = dict(view_of(lease.event))
    return LeasedEvent(
        **seen
        | {
            "lease_id": delivery.lease_id,
            "lease_until": delivery.next_attempt_at,
            "attempts": delivery.attempts,
            "replay_id": delivery.replay_id,
        }
    )
