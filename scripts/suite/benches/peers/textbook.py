"""Deducting and refreshing as a guide would write it: one transaction each."""

from datetime import datetime, timedelta

from google.cloud import firestore


def deduct(client: firestore.Client, account_id: str, key: str, amount: int) -> bool:
    """Read both documents, then write both; False for a repeat."""
    balance = client.collection("token_balances").document(account_id)
    row = client.collection("token_transactions").document(f"{account_id}-{key}")

    @firestore.transactional
    def spend(transaction: firestore.Transaction) -> bool:
        found = {shot.reference: shot for shot in transaction.get_all([balance, row])}
        if found[row].exists:
            return False
        used = found[balance].get("totalUsedTokens")
        transaction.create(row, {"userId": account_id, "amount": amount, "type": "deduct"})
        transaction.update(balance, {"totalUsedTokens": used + amount})
        return True

    done: bool = spend(client.transaction())
    return done


def refresh(client: firestore.Client, account_id: str, now: datetime) -> None:
    """Reset an account that is due, with a row for it and a message."""
    balance = client.collection("token_balances").document(account_id)

    @firestore.transactional
    def renew(transaction: firestore.Transaction) -> None:
        found = balance.get(transaction=transaction)
        if found.get("nextRefreshDate") > now:
            return
        fields = {"totalUsedTokens": 0, "nextRefreshDate": now + timedelta(days=30)}
        transaction.update(balance, fields)
        row = client.collection("token_transactions").document()
        transaction.create(row, {"userId": account_id, "amount": 100, "type": "refresh"})
        message = client.collection("outbox").document()
        transaction.create(message, {"eventType": "billing_cycle_refreshed", "user": account_id})

    renew(client.transaction())
