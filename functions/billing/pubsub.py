"""Pages of due accounts, from Pub/Sub."""

from shared.billing.models import DuePage
from shared.entry.pubsub import Message, pubsub_message
from shared.wiring import Wiring


@pubsub_message
def refresh_accounts(message: Message, wiring: Wiring) -> None:
    wiring.billing.refresh_page(message.read(DuePage))
