"""Members and identities that changed: users and member projects' tokens say who is where."""

from shared.entry.firestore import DocumentChange, firestore_event
from shared.wiring import Wiring


@firestore_event
def claim_membership(change: DocumentChange, wiring: Wiring) -> None:
    """Most of them are in the user's document already, by the commit that wrote the member."""
    wiring.tenants.restate(change.document_id)
    wiring.member_claims.tell(change.document_id)


@firestore_event
def claim_identity(change: DocumentChange, wiring: Wiring) -> None:
    """A further identity of a user has to know of their tenants too."""
    if change.new:
        wiring.member_claims.tell(change.new.data()["userId"])
