"""Changes of documents, in the member project where they happen."""

from shared.entry.firestore import DocumentChange, firestore_event
from shared.sync.capture import capture
from shared.wiring import Wiring


@firestore_event
def capture_change(change: DocumentChange, wiring: Wiring) -> None:
    node = wiring.settings.alias(change.project)
    capture(change, node, wiring.is_captured, wiring.publish)
