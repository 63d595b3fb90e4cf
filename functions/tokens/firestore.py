"""Messages in the outbox, from Firestore."""

from shared.entry.firestore import DocumentChange, firestore_event
from shared.entry.outbox import deliver_each
from shared.tokens.outbox import announcement
from shared.wiring import Wiring


@firestore_event
def deliver_outbox(change: DocumentChange, wiring: Wiring) -> None:
    deliver_each(change, announcement, wiring.outbox.deliver)
