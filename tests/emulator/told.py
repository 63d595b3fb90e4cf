"""What the outbox of a hub holds."""

from typing import Any

from google.cloud import firestore


def messages_of(hub: firestore.Client, account_id: str) -> list[dict[str, Any]]:
    """What an account has to tell, in no order."""
    documents = [found.to_dict() or {} for found in hub.collection("outbox").stream()]
    messages = [message for document in documents for message in document.get("messages", ())]
    return [message for message in messages if message["accountId"] == account_id]
