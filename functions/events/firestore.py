"""Events as they are recorded, for the hub's own consumers."""

from functions.events.handlers import HANDLERS
from shared.entry.firestore import DocumentChange, firestore_event
from shared.events.documents import event_of
from shared.wiring import Wiring


@firestore_event
def handle_event(change: DocumentChange, wiring: Wiring) -> None:
    if change.new is None or change.old is not None:
        return
    event = event_of(change.document_id, change.new.data())
    for handler in HANDLERS:
        if handler.hears(event):
            wiring.dispatcher.tell(handler, event)
