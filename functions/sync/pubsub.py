"""Changes of mirrored documents, in the hub; pages of the sweep."""

from shared.entry.pubsub import Message, pubsub_message
from shared.sync.runs import Page
from shared.wiring import Wiring


@pubsub_message
def apply_change(message: Message, wiring: Wiring) -> None:
    event_id = message.attributes.get("event", message.message_id)
    happened = min(message.moment("time"), message.publish_time)
    wiring.sync_deliveries.apply(message.data, event_id, happened)


@pubsub_message
def sweep_page(message: Message, wiring: Wiring) -> None:
    wiring.sweep.turn(message.read(Page))
