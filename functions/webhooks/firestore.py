"""Events as they are recorded, for the endpoints that want to hear of them."""

from shared.entry.firestore import DocumentChange, firestore_event
from shared.events.documents import event_of
from shared.wiring import Wiring


@firestore_event
def fan_out_webhooks(change: DocumentChange, wiring: Wiring) -> None:
    if change.new is None or change.old:
        return
    event = event_of(change.document_id, change.new.data())
    wiring.webhook_fan_out.tell(event, change.new.created)
