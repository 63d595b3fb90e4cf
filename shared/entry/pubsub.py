"""Pub/Sub triggers: from a CloudEvent to a message."""

import base64
import binascii
import functools
import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any, TypeVar

import functions_framework
from cloudevents.http import CloudEvent

from shared.entry.deliveries import BadEvent, delivery, moment
from shared.wiring import Wiring, wiring

if TYPE_CHECKING:
    from pydantic import BaseModel

M = TypeVar("M", bound="BaseModel")


@dataclass(frozen=True, slots=True)
class Message:
    """A message as it was published. It may come more than once, and in any order."""

    data: bytes
    attributes: Mapping[str, str]
    message_id: str
    publish_time: datetime

    def moment(self, attribute: str) -> datetime:
        """The time in an attribute; that of publishing where there is none."""
        text = self.attributes.get(attribute)
        return moment(text) if text else self.publish_time

    def read(self, model: type[M]) -> M:
        """The data as JSON of this model; anything else is a bad event, and never comes again."""
        try:
            return model.model_validate_json(self.data)
        except ValueError as bad:
            raise BadEvent(f"not a {model.__name__}") from bad


Handler = Callable[[Message, Wiring], None]


def pubsub_message(handler: Handler) -> Callable[[CloudEvent], None]:
    """The deployable function of a handler of messages."""

    @functools.wraps(handler)
    def run(event: CloudEvent) -> None:
        envelope = _envelope(event)
        with delivery(handler.__name__, event, _attributes(envelope).get("traceparent", "")):
            handler(_message(envelope, event), wiring())

    functions_framework.cloud_event(run)
    return run


def _envelope(event: CloudEvent) -> Mapping[str, Any]:
    """The `message` of the event's data, which comes parsed or as text; empty if there is none."""
    data = event.get_data()
    try:
        body = json.loads(data) if isinstance(data, bytes | str) else data
    except (ValueError, RecursionError):
        return {}
    found = body.get("message") if isinstance(body, dict) else None
    return found if isinstance(found, dict) else {}


def _message(envelope: Mapping[str, Any], event: CloudEvent) -> Message:
    if not envelope:
        raise BadEvent("not a message")
    published = envelope.get("publishTime") or envelope.get("publish_time") or event["time"]
    message_id = envelope.get("messageId") or envelope.get("message_id") or event["id"]
    data = _decoded(envelope.get("data", ""))
    return Message(data, _attributes(envelope), str(message_id), moment(published))


def _decoded(text: Any) -> bytes:
    try:
        return base64.b64decode(text, validate=True)
    except (binascii.Error, ValueError, TypeError) as bad:
        raise BadEvent("not base64") from bad


def _attributes(envelope: Mapping[str, Any]) -> Mapping[str, str]:
    found = envelope.get("attributes")
    pairs = found.items() if isinstance(found, dict) else ()
    return {str(key): str(value) for key, value in pairs}
