"""Pure decisions on a delivery: taken, done, failed, dead, and sent again."""

import hashlib
from dataclasses import replace
from datetime import datetime, timedelta

from shared.events.models import (
    DEAD,
    DONE,
    FAILED,
    LEASED,
    PENDING,
    RETRYABLE,
    Cause,
    Delivery,
    Event,
)
from shared.kernel.errors import Conflict

MAX_ATTEMPTS = 8
FIRST_DELAY, LONGEST_DELAY = timedelta(seconds=10), timedelta(hours=6)
ABANDONED = Cause("lease_expired", RETRYABLE, "No worker has said what became of it.")
OPEN = (PENDING, LEASED, FAILED)


def pending(event: Event, consumer: str, now: datetime) -> Delivery:
    """What a consumer has not been told of yet, due at once."""
    return Delivery(
        event.event_id,
        consumer,
        event.tenant_id,
        event.event_type,
        event.recorded_at,
        next_attempt_at=now,
    )


def taken(delivery: Delivery, lease_id: str, until: datetime, now: datetime) -> Delivery:
    """Leased until then; dead instead when the last attempt has not come back."""
    if delivery.attempts >= MAX_ATTEMPTS:
        return _dead(delivery, delivery.last_error or ABANDONED, now)
    return replace(
        delivery,
        status=LEASED,
        attempts=delivery.attempts + 1,
        next_attempt_at=until,
        lease_id=lease_id,
    )


def done(delivery: Delivery, lease_id: str | None, now: datetime) -> Delivery:
    """Done for good, whatever it was before; the same again changes nothing.

    A worker that names a lease must still have it: Conflict once the event is somebody else's.
    """
    _require_lease(delivery, lease_id)
    if delivery.status == DONE:
        return delivery
    return replace(delivery, status=DONE, next_attempt_at=None, last_error=None, ended_at=now)


def failed(
    delivery: Delivery,
    cause: Cause,
    delay: timedelta | None,
    lease_id: str | None,
    now: datetime,
) -> Delivery:
    """Due again after the delay, or after the usual one; dead when no other attempt is left.

    Raises Conflict for a foreign lease, and for what is over. A report that comes twice under
    one lease counts once.
    """
    _require_lease(delivery, lease_id)
    if delivery.status not in OPEN:
        raise Conflict(f"The event is {delivery.status}.", reason="delivery_over")
    if delivery.status == FAILED and lease_id:
        return delivery
    counted = delivery if delivery.status == LEASED else _one_more(delivery)
    if cause.outcome != RETRYABLE or counted.attempts >= MAX_ATTEMPTS:
        return _dead(counted, cause, now)
    due = now + (back_off(counted) if delay is None else delay)
    return replace(counted, status=FAILED, next_attempt_at=due, last_error=cause)


def again(delivery: Delivery, due: datetime, replay_id: str | None = None) -> Delivery:
    """From the start, as if it had never been tried; a lease that is out counts no more."""
    return replace(
        delivery,
        status=PENDING,
        attempts=0,
        next_attempt_at=due,
        lease_id=None,
        replay_id=replay_id or delivery.replay_id,
        ended_at=None,
    )


def back_off(delivery: Delivery) -> timedelta:
    """10 s, four times as long after each attempt, 6 h at most; spread by a fifth either way."""
    seed = f"{delivery.name}:{delivery.attempts}".encode()
    spread = 0.8 + 0.4 * hashlib.sha256(seed).digest()[0] / 255
    plain: timedelta = FIRST_DELAY * 4 ** max(delivery.attempts - 1, 0)
    return min(plain, LONGEST_DELAY) * spread


def _one_more(delivery: Delivery) -> Delivery:
    return replace(delivery, attempts=delivery.attempts + 1)


def _dead(delivery: Delivery, cause: Cause, now: datetime) -> Delivery:
    return replace(delivery, status=DEAD, next_attempt_at=None, last_error=cause, ended_at=now)


def _require_lease(delivery: Delivery, lease_id: str | None) -> None:
    if lease_id is not None and delivery.lease_id != lease_id:
        raise Conflict("Somebody else has the event.", reason="stale_lease")
