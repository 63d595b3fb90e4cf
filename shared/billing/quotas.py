"""The view of a pool that products of an organization read: `organizations/{orgId}.usageQuota`."""

from typing import Any

from google.cloud import firestore

from shared.platform import firestore as db

ORGANIZATION = "org_"


class Quotas:
    """Keeps the view; changes may come late, twice or out of order, so the newest wins."""

    def __init__(self, client: firestore.Client) -> None:
        self._client = client

    def show(self, account_id: str, balance: dict[str, Any], updated: int) -> bool:
        """Write `{limit, used, purchased}` unless the view is of a later change (`updated`, ns).

        Raises KeyError for a balance without its numbers.
        """
        organization = account_id.removeprefix(ORGANIZATION)
        reference = self._client.collection("organizations").document(organization)
        tokens = {
            "limit": balance["includedTokens"],
            "used": balance["totalUsedTokens"],
            "purchased": balance["purchasedTokens"],
            "asOf": updated,
        }

        def newer(found: db.Document) -> db.Document | None:
            if _as_of(found) >= updated:
                return None
            return {"usageQuota": _map(found.get("usageQuota")) | {"aiTokens": tokens}}

        return db.change(self._client, reference, newer)


def _as_of(organization: dict[str, Any]) -> int:
    known = _map(_map(organization.get("usageQuota")).get("aiTokens")).get("asOf")
    return known if isinstance(known, int) else 0


def _map(found: Any) -> dict[str, Any]:
    """Organizations are written by others, who may have put anything there."""
    return found if isinstance(found, dict) else {}
