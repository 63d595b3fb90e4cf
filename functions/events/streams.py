"""The calls of the event store: append, read the log, the aggregate as it was, search, erase."""

from typing import Any

from functions.events.area import area, require_source
from functions.events.stream_schemas import (
    AppendAnswer,
    AppendRequest,
    HistoryQuery,
    LogPage,
    LogQuery,
    Publish,
    StateQuery,
    StateView,
    StoredEventView,
)
from shared.entry.http import Call, Reply, replayed
from shared.entry.wire import Nothing
from shared.events.models import EVERYBODY
from shared.streams.models import Append, Draft, Publication, Search, StoredEvent, Stream
from shared.wiring import Wiring

APPEND, READ, ERASE = "events:event:emit", "events:event:read", "events:personal-data:erase"


@area.route(
    "POST", "/streams/<stream_id>/events", AppendRequest, AppendAnswer, status=201, keyed=True
)
def append(call: Call[AppendRequest], wiring: Wiring) -> Reply:
    key, wanted = call.idempotency_key, call.input
    stream = _stream(call, wiring, APPEND)
    drafts = [Draft(e.event_type, e.data, e.schema_version, e.personal) for e in wanted.events]
    subject = wanted.subject or stream.stream_id
    told = _publication(call, wanted.publish) if wanted.publish else None
    command = Append(key, wanted.expected_version, drafts, subject, told)
    done = wiring.event_store.append(stream, command)
    return replayed(AppendAnswer(version=done.version), done.replay)


@area.route("GET", "/streams/<stream_id>/events", LogQuery, LogPage)
def log(call: Call[LogQuery], wiring: Wiring) -> LogPage:
    query, stream = call.input, _stream(call, wiring, READ)
    page = wiring.event_store.events(stream, query.from_version, query.limit, query.cursor)
    return LogPage(items=tuple(_view(e) for e in page.items), next_cursor=page.next_cursor)


@area.route("GET", "/streams/<stream_id>/state", StateQuery, StateView)
def state(call: Call[StateQuery], wiring: Wiring) -> StateView:
    stream = _stream(call, wiring, READ)
    found = wiring.event_store.state(stream, call.input.version)
    return StateView(
        stream_id=stream.stream_id,
        stream_type=stream.type,
        version=found.version,
        state=dict(found.data),
        redacted=found.redacted,
    )


@area.route("GET", "/history", HistoryQuery, LogPage)
def history(call: Call[HistoryQuery], wiring: Wiring) -> LogPage:
    query, tenant = call.input, _tenant(call, wiring, READ)
    search = Search(tenant, query.types, query.from_, query.to)
    page = wiring.event_history.page(search, query.limit, query.cursor)
    return LogPage(items=tuple(_view(e) for e in page.items), next_cursor=page.next_cursor)


@area.route("DELETE", "/subjects/<subject>/personal-data", Nothing, None)
def erase(call: Call[Nothing], wiring: Wiring) -> Reply:
    wiring.event_store.erase(_tenant(call, wiring, ERASE), call.path["subject"])
    return Reply(None)


def _stream(call: Call[Any], wiring: Wiring, permission: str) -> Stream:
    """A stream of the tenant that the call acts in; no other tenant's has that name."""
    return Stream(_tenant(call, wiring, permission), call.path["stream_id"])


def _tenant(call: Call[Any], wiring: Wiring, permission: str) -> str:
    tenant = wiring.auth.tenant_of(call.caller, call.tenant_header)
    wiring.auth.require(call.caller, permission, tenant)
    return tenant


def _publication(call: Call[AppendRequest], asked: Publish) -> Publication:
    require_source(call, asked.source, "/publish/source")
    named = (asked.target,) if isinstance(asked.target, str) else asked.target
    return Publication(asked.source, named or (EVERYBODY,))


def _view(event: StoredEvent) -> StoredEventView:
    return StoredEventView(
        stream_id=event.stream_id,
        version=event.version,
        event_type=event.event_type,
        schema_version=event.schema_version,
        data=dict(event.data),
        personal=tuple(event.personal),
        redacted=tuple(event.redacted),
        subject=event.subject,
        recorded_at=event.recorded_at,
    )
