"""The calls about what failed, what is sent again, and how consumers stand."""

from functions.events.area import (
    READ,
    REDRIVE,
    REPLAY,
    acting_tenant,
    area,
    require_consumer,
)
from functions.events.handlers import HANDLERS, heard
from functions.events.letter_schemas import (
    Consumers,
    ConsumerView,
    DeadLetterPage,
    DeadLettersQuery,
    DeadLetterView,
    RedriveAnswer,
    RedriveFilter,
    RedriveRequest,
    ReplayAnswer,
    ReplayRequest,
)
from shared.entry.http import Call
from shared.entry.wire import PageQuery
from shared.events.letters import DeadFilter
from shared.events.models import Delivery
from shared.events.monitoring import Standing
from shared.events.queue import Queue
from shared.kernel.errors import FieldError, ValidationFailed
from shared.kernel.pages import page_of
from shared.wiring import Wiring


@area.route("GET", "/dead-letters", DeadLettersQuery, DeadLetterPage)
def dead_letters(call: Call[DeadLettersQuery], wiring: Wiring) -> DeadLetterPage:
    query, tenant = call.input, acting_tenant(call, wiring, READ)
    filter_ = DeadFilter(tenant, query.consumer, query.types, query.code)
    page = wiring.dead_letters.page(filter_, query.limit, query.cursor)
    return DeadLetterPage(items=tuple(map(_letter, page.items)), next_cursor=page.next_cursor)


@area.route("POST", "/dead-letters/redrive", RedriveRequest, RedriveAnswer)
def redrive(call: Call[RedriveRequest], wiring: Wiring) -> RedriveAnswer:
    wanted, tenant = call.input, acting_tenant(call, wiring, REDRIVE)
    filter_ = _dead(tenant, wanted.filter)
    if wanted.dry_run:
        return RedriveAnswer(count=wiring.dead_letters.count(filter_), dry_run=True)
    done = wiring.dead_letters.redrive(filter_, wanted.rate_per_second)
    return RedriveAnswer(
        count=done.sent, dry_run=False, last_due_at=done.last_due_at, more=done.more
    )


@area.route("POST", "/replays", ReplayRequest, ReplayAnswer, status=202)
def replay(call: Call[ReplayRequest], wiring: Wiring) -> ReplayAnswer:
    wanted, tenant = call.input, acting_tenant(call, wiring, REPLAY)
    require_consumer(call, wiring, wanted.consumer, tenant)
    if wanted.to <= wanted.from_:
        raise ValidationFailed([FieldError("/to", "not_after_from")])
    told = heard(tenant, wanted.consumer, wanted.types, wanted.from_, wanted.to)
    made = wiring.replays.replay(wanted.consumer, told)
    return ReplayAnswer(replay_id=made.replay_id, count=made.sent)


@area.route("GET", "/consumers", PageQuery, Consumers)
def consumers(call: Call[PageQuery], wiring: Wiring) -> Consumers:
    tenant = acting_tenant(call, wiring, READ)
    products = wiring.auth.products(tenant) if tenant else [h.consumer for h in HANDLERS]
    queues = {
        name: Queue(tenant, name)
        for name in sorted({*products, *wiring.event_monitor.known(tenant)})
    }
    page = page_of(queues, f"consumers:{tenant or '*'}", call.input.limit, call.input.cursor)
    found = [wiring.event_monitor.standing(q, heard(tenant, q.consumer)) for q in page.items]
    return Consumers(items=tuple(map(_consumer, found)), next_cursor=page.next_cursor)


def _dead(tenant: str | None, wanted: RedriveFilter) -> DeadFilter:
    return DeadFilter(tenant, wanted.consumer, wanted.types, wanted.code, wanted.from_, wanted.to)


def _letter(delivery: Delivery) -> DeadLetterView:
    cause = delivery.last_error
    return DeadLetterView(
        event_id=delivery.event_id,
        consumer=delivery.consumer,
        tenant_id=delivery.tenant_id,
        event_type=delivery.event_type,
        recorded_at=delivery.recorded_at,
        dead_at=delivery.ended_at,
        attempts=delivery.attempts,
        replay_id=delivery.replay_id,
        code=cause.code if cause else "",
        outcome=cause.outcome if cause else "",
        reason=cause.reason if cause else "",
        payload=f"/api/v1/ecosystem/events/{delivery.event_id}",
    )


def _consumer(found: Standing) -> ConsumerView:
    return ConsumerView(
        consumer=found.queue.consumer,
        tenant_id=found.queue.tenant_id,
        unprocessed=found.unprocessed,
        leased=found.leased,
        failed=found.failed,
        dead=found.dead,
        oldest_unprocessed_at=found.oldest_at,
    )
