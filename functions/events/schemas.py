"""What the event calls take and give."""

from typing import Annotated, Any, Literal

from pydantic import AfterValidator, BeforeValidator, Field, JsonValue

from shared.entry.storable import storable
from shared.entry.wire import CommaSeparated, Id, Moment, Name, PageQuery, Wire

Payload = Annotated[dict[str, JsonValue], AfterValidator(storable)]
EventType = Annotated[str, Field(pattern=r"^[A-Za-z][A-Za-z0-9_.-]{0,99}$")]
Product = Annotated[str, Field(pattern=r"^[A-Za-z][A-Za-z0-9_-]{0,63}$")]
AsTuple = BeforeValidator(lambda value: tuple(value) if isinstance(value, list) else value)
Products = Annotated[
    tuple[Product, ...],
    Field(min_length=1, max_length=20),
    AsTuple,
]
EventTypes = Annotated[  # with two targets each, all that one query of Firestore takes
    tuple[EventType, ...],
    Field(max_length=15),
    CommaSeparated,
]
Flag = Annotated[
    bool, BeforeValidator(lambda value: {"true": True, "false": False}.get(value, value))
]


class EmitRequest(Wire):
    event_type: EventType
    source: Product
    target: Product | Products | None = None
    payload: Payload
    tenant_id: Id
    subject: Name | None = None
    schema_version: Annotated[int, Field(ge=1, le=10_000)] = 1


class EmitAnswer(Wire):
    event_id: str
    recorded_at: Moment


class EventsQuery(PageQuery):
    target: Product | None = None
    types: EventTypes = ()
    processed: Flag | None = None
    after: str | None = None
    wait: Annotated[int, Field(ge=0, le=25)] | None = None


class EventView(Wire):
    event_id: str
    event_type: str
    source: str
    target: str | tuple[str, ...] | None
    payload: dict[str, Any]
    tenant_id: str | None
    subject: str | None
    schema_version: int
    processed: bool
    recorded_at: Moment
    replay_id: str | None = None


class EventPage(Wire):
    items: tuple[EventView, ...]
    next_cursor: str | None


class AckRequest(Wire):
    consumer: Product
    lease_id: Id | None = None


class AckAnswer(Wire):
    event_id: str
    consumer: str
    processed: bool


class LeaseRequest(Wire):
    consumer: Product
    max: Annotated[int, Field(ge=1, le=100)] = 10
    lease_seconds: Annotated[int, Field(ge=1, le=43_200)] = 60
    types: Annotated[tuple[EventType, ...], AsTuple, Field(max_length=15)] = ()


class LeasedEvent(EventView):
    lease_id: str
    lease_until: Moment | None
    attempts: int


class LeaseAnswer(Wire):
    items: tuple[LeasedEvent, ...]


class NackRequest(Wire):
    consumer: Product
    reason: Annotated[str, Field(min_length=1, max_length=2000)]
    delay_seconds: Annotated[int, Field(ge=0, le=86_400)] | None = None
    outcome: Literal["retryable", "permanent", "poison"] = "retryable"
    lease_id: Id | None = None


class NackAnswer(Wire):
    """What has become of the event: `failed` until it is due again, or `dead`."""

    event_id: str
    consumer: str
    status: str
    attempts: int
    next_attempt_at: Moment | None


class CaughtUp(Wire):
    """How many events the hub's own consumers were told of (again)."""

    handled: int
