"""What the calls about failed and repeated events, and about consumers, take and give."""

from typing import Annotated

from pydantic import Field

from functions.events.schemas import AsTuple, EventType, EventTypes, Product
from shared.entry.wire import Moment, PageQuery, When, Wire

Types = Annotated[tuple[EventType, ...], AsTuple, Field(max_length=15)]
Code = Annotated[str, Field(pattern=r"^[A-Za-z][A-Za-z0-9_.-]{0,99}$")]


class DeadLettersQuery(PageQuery):
    consumer: Product | None = None
    types: EventTypes = ()
    code: Code | None = None


class DeadLetterView(Wire):
    """Why a consumer will not get an event any more; `payload` is where the event is."""

    event_id: str
    consumer: str
    tenant_id: str | None
    event_type: str
    recorded_at: Moment
    dead_at: Moment | None
    attempts: int
    replay_id: str | None
    code: str
    outcome: str
    reason: str
    payload: str


class DeadLetterPage(Wire):
    items: tuple[DeadLetterView, ...]
    next_cursor: str | None


class RedriveFilter(Wire):
    """All that is left out fits; `from` and `to` are when they died."""

    consumer: Product | None = None
    types: Types = ()
    code: Code | None = None
    from_: Annotated[When | None, Field(alias="from")] = None
    to: When | None = None


class RedriveRequest(Wire):
    filter: RedriveFilter
    dry_run: bool = False
    rate_per_second: Annotated[float, Field(gt=0, le=1000)] | None = None


class RedriveAnswer(Wire):
    count: int
    dry_run: bool
    last_due_at: Moment | None = None
    more: bool = False


class ReplayRequest(Wire):
    """`from` and `to` are when the events were recorded."""

    consumer: Product
    types: Types = ()
    from_: Annotated[When, Field(alias="from")]
    to: When


class ReplayAnswer(Wire):
    replay_id: str
    count: int


class ConsumerView(Wire):
    consumer: str
    tenant_id: str | None
    unprocessed: int
    leased: int
    failed: int
    dead: int
    oldest_unprocessed_at: Moment | None


class Consumers(Wire):
    items: tuple[ConsumerView, ...]
    next_cursor: str | None
