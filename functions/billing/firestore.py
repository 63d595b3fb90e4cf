"""Changes of balances and of purchases, from Firestore."""

from shared.entry.firestore import DocumentChange, firestore_event
from shared.wiring import Wiring


@firestore_event
def process_token_purchase(change: DocumentChange, wiring: Wiring) -> None:
    if change.new is not None:
        wiring.shop.external.process(change.document_id, change.new.data())


@firestore_event
def view_quota(change: DocumentChange, wiring: Wiring) -> None:
    if change.new and change.document_id.startswith("org_"):
        wiring.quotas.show(change.document_id, change.new.data(), change.new.updated)
