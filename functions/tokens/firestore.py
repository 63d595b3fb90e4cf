"""Changes of balances, from Firestore."""

from shared.entry.deliveries import BadEvent
from shared.entry.firestore import DocumentChange, firestore_event
from shared.platform.documents import Snapshot
from shared.tokens import documents
from shared.tokens.models import Account
from shared.wiring import Wiring


@firestore_event
def announce_balance_change(change: DocumentChange, wiring: Wiring) -> None:
    after = _account(change.document_id, change.new)
    if after:
        wiring.watch.changed(_account(change.document_id, change.old), after)


def _account(account_id: str, snapshot: Snapshot | None) -> Account | None:
    try:
        return documents.account(account_id, snapshot.data()) if snapshot else None
    except (KeyError, ValueError, TypeError) as broken:
        raise BadEvent(f"not an account: {type(broken).__name__}") from broken
