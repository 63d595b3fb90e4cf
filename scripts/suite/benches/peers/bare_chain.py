"""The bare chain: publish what changed, set it in the other project. No merge, one way, no echo."""

import base64
import os
from typing import Any

import functions_framework
from cloudevents.http import CloudEvent
from google.cloud import firestore, pubsub_v1
from google.cloud.firestore_v1._helpers import decode_dict
from google.events.cloud.firestore import DocumentEventData

TOPIC = os.environ["BARE_TOPIC"]
publisher = pubsub_v1.PublisherClient(pubsub_v1.types.BatchSettings(max_latency=0.002))
target = firestore.Client(project=os.environ["BARE_TARGET"])


@functions_framework.cloud_event
def capture(event: CloudEvent) -> None:
    publisher.publish(TOPIC, _raw(event.get_data())).result(timeout=10)


@functions_framework.cloud_event
def apply(event: CloudEvent) -> None:
    data: Any = event.get_data()
    change = DocumentEventData.pb().FromString(base64.b64decode(data["message"]["data"]))
    fields: Any = decode_dict(change.value.fields, target)
    target.document(change.value.name.split("/documents/", 1)[1]).set(fields)


def _raw(data: Any) -> bytes:
    """The emulator sends base64."""
    return data if data[:1] == b"\x0a" else base64.b64decode(data)
