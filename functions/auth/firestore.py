"""Members and identities that changed: member projects' tokens say who is in which tenant."""

from shared.entry.firestore import DocumentChange, firestore_event
from shared.wiring import Wiring


@firestore_event
def claim_membership(change: DocumentChange, wiring: Wiring) -> None:
    wiring.member_claims.tell(change.document_id)


@firestore_event
def claim_identity(change: DocumentChange, wiring: Wiring) -> None:
    """A further identity of a user has to know of their tenants too."""
    if change.new:
        wiring.member_claims.tell(change.new.data()["userId"])
