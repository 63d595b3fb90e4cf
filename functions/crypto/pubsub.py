"""Pages of the sweep of keys."""

from shared.crypto.sweep import KeyPage
from shared.entry.pubsub import Message, pubsub_message
from shared.wiring import Wiring


@pubsub_message
def sweep_key_page(message: Message, wiring: Wiring) -> None:
    wiring.key_sweep.turn(message.read(KeyPage))
