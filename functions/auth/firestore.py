"""Members and identities that changed: member projects' tokens say who is in which tenant."""

from shared.entry.firestore import DocumentChange, firestore_event
from shared.wiring import Wiring


@firestore_event
def claim_membership(change: DocumentChange, wiring: Wiring) -> None:
    wiring.member_claims.tell(change.document_id)


@firestore_event
def claim_identity(change: DocumentChange, wiring: Wiring) -> None:
    """A user who has another identity than before has it told of their tenants too."""
    before, after = (each.data() if each else {} for each in (change.old, change.new))
    if before.get("identities") != after.get("identities"):
        wiring.member_claims.tell(change.document_id)
