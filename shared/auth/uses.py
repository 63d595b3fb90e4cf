"""What may be used once: `exchanges/{id}`, created by the use."""

from datetime import datetime

from google.cloud import firestore

from shared.platform import firestore as db


class Uses:
    def __init__(self, client: firestore.Client) -> None:
        self._client = client

    def first(self, name: str, until: datetime) -> bool:
        """Whether this is the first use; it is remembered until then, at least."""
        use = self._client.collection("exchanges").document(name)
        return db.create(use, {"expiresAt": until})
