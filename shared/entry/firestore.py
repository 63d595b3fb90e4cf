"""Firestore triggers: from a CloudEvent to a document before and after."""

import functools
from collections.abc import Callable

import functions_framework
from cloudevents.http import CloudEvent

from shared.entry.deliveries import BadEvent, delivery, moment
from shared.platform.documents import DocumentChange, UnreadableEvent, read_change
from shared.wiring import Wiring, wiring

__all__ = ["DocumentChange", "firestore_event"]
Handler = Callable[[DocumentChange, Wiring], None]


def firestore_event(handler: Handler) -> Callable[[CloudEvent], None]:
    """The deployable function of a handler of document changes."""

    @functools.wraps(handler)
    def run(event: CloudEvent) -> None:
        with delivery(handler.__name__, event, _traceparent(event)):
            change = _change(event)
            if change:
                handler(change, wiring())

    functions_framework.cloud_event(run)
    return run


def _change(event: CloudEvent) -> DocumentChange | None:
    data, at = event.get_data(), moment(event["time"])
    if not isinstance(data, bytes | str):
        raise BadEvent("not a protobuf payload")
    raw = data.encode() if isinstance(data, str) else data
    try:
        return read_change(raw, event["id"], at, _traceparent(event))
    except UnreadableEvent as bad:
        raise BadEvent(str(bad)) from bad


def _traceparent(event: CloudEvent) -> str:
    return str(event.get_attributes().get("traceparent", ""))
