"""Changes of mirrored documents, in the hub."""

from shared.entry.pubsub import Message, pubsub_message
from shared.wiring import Wiring


@pubsub_message
def apply_change(message: Message, wiring: Wiring) -> None:
    event_id = message.attributes.get("event", message.message_id)
    happened = min(message.moment("time"), message.publish_time)
    wiring.mirror.apply(message.data, event_id, happened)
