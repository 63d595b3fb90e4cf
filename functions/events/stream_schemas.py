"""What the calls of the event store take and give."""

from typing import Annotated, Any

from pydantic import BeforeValidator, Field

from functions.events.schemas import EventType, EventTypes, Payload, Product, Products
from shared.entry.wire import Id, Moment, Name, PageQuery, When, Wire

Listed = BeforeValidator(lambda value: tuple(value) if isinstance(value, list) else value)
Version = Annotated[int, Field(ge=1, le=10**9)]


class AppendedEvent(Wire):
    """`personal` names the members of `data` that are personal data: they are stored sealed."""

    event_type: EventType
    data: Payload
    schema_version: Annotated[int, Field(ge=1, le=10_000)] = 1
    personal: Annotated[tuple[Name, ...], Listed, Field(max_length=50)] = ()


class Publish(Wire):
    """Whose events they are on the bus, and whom they are for: all products, unless named."""

    source: Product
    target: Product | Products | None = None


class AppendRequest(Wire):
    """`subject` is whom the stream is about, where its id does not name them.

    With `publish` the event bus is told of each event as well, without what is personal.
    """

    expected_version: Annotated[int, Field(ge=0, le=10**9)]
    events: Annotated[tuple[AppendedEvent, ...], Listed, Field(min_length=1, max_length=100)]
    subject: Id | None = None
    publish: Publish | None = None


class AppendAnswer(Wire):
    version: int


class LogQuery(PageQuery):
    from_version: Version = 1


class StoredEventView(Wire):
    stream_id: str
    version: int
    event_type: str
    schema_version: int
    data: dict[str, Any]
    personal: tuple[str, ...]
    redacted: tuple[str, ...]
    subject: str
    recorded_at: Moment


class LogPage(Wire):
    items: tuple[StoredEventView, ...]
    next_cursor: str | None


class HistoryQuery(PageQuery):
    types: EventTypes = ()
    from_: Annotated[When | None, Field(alias="from")] = None
    to: When | None = None


class StateQuery(Wire):
    version: Version | None = None


class StateView(Wire):
    stream_id: str
    stream_type: str
    version: int
    state: dict[str, Any]
    redacted: bool
