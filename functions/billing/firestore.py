"""Changes of balances and of purchases, from Firestore."""

from shared.entry.deliveries import BadEvent
from shared.entry.firestore import DocumentChange, firestore_event
from shared.wiring import Wiring


@firestore_event
def process_token_purchase(change: DocumentChange, wiring: Wiring) -> None:
    if change.new is not None:
        wiring.shop.external.process(change.document_id, change.new.data())


@firestore_event
def view_quota(change: DocumentChange, wiring: Wiring) -> None:
    if change.new is None or not change.document_id.startswith("org_"):
        return
    try:
        wiring.quotas.show(change.document_id, change.new.data(), change.new.updated)
    except KeyError as broken:
        raise BadEvent(f"not a balance: {broken}") from broken
