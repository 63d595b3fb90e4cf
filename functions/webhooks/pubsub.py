"""Endpoints that something is due to, from Pub/Sub."""

from shared.entry.deliveries import BadEvent
from shared.entry.pubsub import Message, pubsub_message
from shared.kernel.ids import LONGEST_ID, is_safe_id
from shared.wiring import Wiring


@pubsub_message
def deliver_webhooks(message: Message, wiring: Wiring) -> None:
    webhook_id = message.data.decode(errors="replace")
    if not is_safe_id(webhook_id, 2 * LONGEST_ID):
        raise BadEvent("not the id of a webhook")
    wiring.webhook_retries.see_to(webhook_id)
