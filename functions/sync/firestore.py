"""Changes of mirrored documents, in the project where they happen."""

from shared.entry.firestore import DocumentChange, firestore_event
from shared.sync.capture import capture
from shared.wiring import Wiring


@firestore_event
def capture_change(change: DocumentChange, wiring: Wiring) -> None:
    capture(change, wiring.settings.alias(change.project), wiring.publish)
