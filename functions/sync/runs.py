"""Manual syncs of a tenant's product, from Pub/Sub; beside the changes, which start without it."""

from shared.catalogue.messages import RunMessage
from shared.entry.pubsub import Message, pubsub_message
from shared.wiring import Wiring


@pubsub_message
def sync_tenant(message: Message, wiring: Wiring) -> None:
    traceparent = message.attributes.get("traceparent", "")
    wiring.syncing.go_on(message.read(RunMessage), traceparent)
