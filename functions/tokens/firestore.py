"""Messages in the outbox, from Firestore."""

from shared.entry.deliveries import BadEvent
from shared.entry.firestore import DocumentChange, firestore_event
from shared.wiring import Wiring


@firestore_event
def deliver_outbox(change: DocumentChange, wiring: Wiring) -> None:
    if change.new is None:
        return
    try:
        wiring.outbox.deliver(change.new.data())
    except KeyError as broken:
        raise BadEvent(f"not a message: {broken}") from broken
