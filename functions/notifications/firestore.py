"""Messages in the outbox, from Firestore: beside `deliver_outbox`: neither stops the other."""

from shared.entry.firestore import DocumentChange, firestore_event
from shared.entry.outbox import deliver_each
from shared.notifications.rules import letter
from shared.wiring import Wiring


@firestore_event
def notify_outbox(change: DocumentChange, wiring: Wiring) -> None:
    deliver_each(change, letter, wiring.notifier.deliver)
