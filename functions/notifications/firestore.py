"""Messages in the outbox, from Firestore: beside `deliver_outbox`: neither stops the other."""

from shared.entry.deliveries import BadEvent
from shared.entry.firestore import DocumentChange, firestore_event
from shared.notifications.rules import letter
from shared.wiring import Wiring


@firestore_event
def notify_outbox(change: DocumentChange, wiring: Wiring) -> None:
    if change.new is None:
        return
    try:
        told = letter(change.new.data())
    except (KeyError, TypeError, ValueError) as broken:
        raise BadEvent(f"not a message: {broken}") from broken
    if told:
        wiring.notifier.deliver(told)
