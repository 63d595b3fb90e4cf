"""Pure decisions: who is told what, when it is tried again, and when an endpoint is left alone."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta

from shared.events.models import Event
from shared.kernel.ids import derived_id
from shared.webhooks.models import (
    DEAD,
    DELIVERED,
    EVERY_TYPE,
    HELD,
    PENDING,
    Attempt,
    Delivery,
    Endpoint,
    Outcome,
    Secret,
)

# Standard Webhooks' schedule of retries, in seconds after the attempt before.
SCHEDULE = (0, 5, 300, 1_800, 7_200, 18_000, 36_000, 50_400, 72_000, 86_400)
JITTER = 0.2
LONGEST_RETRY_AFTER = 24 * 3600.0
# Longer than an attempt can take with all that is recorded of it.
LEASE = timedelta(seconds=60)
GRACE = timedelta(hours=24)
MOST_SECRETS = 4  # each adds a signature to a header that receivers limit

MOST_ENDPOINTS = 20
SAMPLE = 10
WINDOW = timedelta(minutes=5)
TRIPS_AT = 0.7
OPEN = timedelta(minutes=1)
LONGEST_OPEN = timedelta(minutes=16)
HOPELESS = timedelta(days=5)

PAUSED, GONE, FAILING = "paused", "gone", "failing"


def wants(endpoint: Endpoint, event_type: str) -> bool:
    return EVERY_TYPE in endpoint.event_types or event_type in endpoint.event_types


def planned(endpoint: Endpoint, event: Event, now: datetime, room: bool) -> Delivery:
    """A delivery as it begins: claimed by whoever creates it, unless it has to wait.

    It waits while its endpoint is disabled or its breaker is open, for its turn behind others of
    its subject, and where there is no `room` for another request to the endpoint.
    """
    waits = not room or endpoint.open_until or in_line(endpoint, event.subject)
    delivery = Delivery(
        delivery_id=derived_id(endpoint.webhook_id, event.event_id),
        webhook_id=endpoint.webhook_id,
        tenant_id=endpoint.tenant_id,
        event_id=event.event_id,
        event_type=event.event_type,
        subject=event.subject,
        recorded_at=event.recorded_at,
        status=HELD if endpoint.disabled else PENDING,
        attempts=0,
        next_attempt_at=None if endpoint.disabled else max(now, endpoint.open_until or now),
    )
    return delivery if endpoint.disabled or waits else claimed(delivery, now)


def in_line(endpoint: Endpoint, subject: str | None) -> bool:
    """Whether such a delivery must wait for those before it."""
    return endpoint.ordered and subject is not None


def claimed(delivery: Delivery, now: datetime) -> Delivery:
    return replace(delivery, attempts=delivery.attempts + 1, next_attempt_at=now + LEASE)


def is_due(delivery: Delivery, now: datetime) -> bool:
    at = delivery.next_attempt_at
    return delivery.status == PENDING and at is not None and at <= now


def concluded(delivery: Delivery, outcome: Outcome, now: datetime, spread: float) -> Delivery:
    """The delivery after an attempt. `spread`, from -1 to 1, is the jitter's share."""
    if outcome.taken:
        return replace(delivery, status=DELIVERED, next_attempt_at=None, cause="")
    if outcome.status_code == 410:
        return replace(delivery, status=HELD, next_attempt_at=None, cause=outcome.cause)
    at = next_attempt(delivery.attempts, outcome.retry_after, now, spread)
    status = PENDING if at else DEAD
    return replace(delivery, status=status, next_attempt_at=at, cause=outcome.cause)


def next_attempt(
    attempts: int, retry_after: float | None, now: datetime, spread: float
) -> datetime | None:
    """When to try again after so many attempts; None when it has been tried often enough.

    What the endpoint asks for (seconds) is honoured up to a day, and never hurries us.
    """
    if attempts >= len(SCHEDULE):
        return None
    asked = min(max(retry_after or 0.0, 0.0), LONGEST_RETRY_AFTER)
    planned_wait = SCHEDULE[attempts] * (1 + JITTER * spread)
    return now + timedelta(seconds=max(planned_wait, asked))


def held(delivery: Delivery, cause: str) -> Delivery:
    return replace(delivery, status=HELD, next_attempt_at=None, cause=cause)


def put_back(delivery: Delivery, now: datetime) -> Delivery:
    """From the beginning of the schedule."""
    return replace(delivery, status=PENDING, attempts=0, next_attempt_at=now, cause="")


def buried(delivery: Delivery, cause: str) -> Delivery:
    return replace(delivery, status=DEAD, next_attempt_at=None, cause=cause)


def trips(newest: Sequence[Attempt], now: datetime) -> bool:
    """Whether of the newest attempts of the last five minutes too many failed."""
    recent = [attempt for attempt in newest if now - attempt.at <= WINDOW]
    failed = sum(not attempt.outcome.taken for attempt in recent)
    return len(recent) >= SAMPLE and failed >= TRIPS_AT * len(recent)


def opened(endpoint: Endpoint, now: datetime) -> Endpoint:
    """Left alone for a while, twice as long each time that it fails again."""
    lasts = min(OPEN * 2 ** min(endpoint.trips, 10), LONGEST_OPEN)
    return replace(endpoint, open_until=now + lasts, trips=endpoint.trips + 1)


def closed(endpoint: Endpoint) -> Endpoint:
    return replace(endpoint, open_until=None, trips=0)


def probing(endpoint: Endpoint, now: datetime) -> Endpoint:
    """One request may go through; others wait for what becomes of it."""
    return replace(endpoint, open_until=now + LEASE)


def is_hopeless(first_failure: datetime | None, now: datetime) -> bool:
    """`first_failure`: since when there were only failures."""
    return first_failure is not None and now - first_failure >= HOPELESS


def disabled(endpoint: Endpoint, cause: str, now: datetime) -> Endpoint:
    return replace(endpoint, disabled=cause, updated_at=now)


def enabled(endpoint: Endpoint, now: datetime) -> Endpoint:
    return replace(endpoint, disabled=None, open_until=None, trips=0, updated_at=now)


def rotated(endpoint: Endpoint, secret: str, now: datetime) -> Endpoint:
    """A new secret signs at once; those before go on signing beside it for a day, few of them."""
    before = current(endpoint.secrets, now)[: MOST_SECRETS - 1]
    kept = [s._replace(until=s.until or now + GRACE) for s in before]
    return replace(endpoint, secrets=(Secret(secret), *kept), updated_at=now)


def current(secrets: Sequence[Secret], now: datetime) -> list[Secret]:
    return [secret for secret in secrets if secret.until is None or now < secret.until]


def edited(
    endpoint: Endpoint,
    url: str | None,
    event_types: Sequence[str] | None,
    description: str | None,
    ordered: bool | None,
    enable: bool | None,
    now: datetime,
) -> Endpoint:
    """With what was said anew. Another address starts with a clean slate."""
    after = replace(
        endpoint,
        url=endpoint.url if url is None else url,
        event_types=endpoint.event_types if event_types is None else event_types,
        description=endpoint.description if description is None else description,
        ordered=endpoint.ordered if ordered is None else ordered,
        updated_at=now,
    )
    if enable is False and not endpoint.disabled:
        return disabled(after, PAUSED, now)
    if enable or after.url != endpoint.url:
        after = closed(after)
    return enabled(after, now) if enable else after
