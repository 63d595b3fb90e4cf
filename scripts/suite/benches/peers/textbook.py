"""Deducting and refreshing as a guide would write it: one transaction each."""

from datetime import datetime, timedelta

from google.cloud import firestore

from shared.kernel.ids import derived_id
from shared.tokens import documents, ledger
from shared.tokens.commands import Touch
from shared.tokens.messages import message_map
from shared.tokens.models import Policy
from shared.tokens.rules import apply


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


def refresh_alike(client: firestore.Client, account_id: str, policy: Policy, now: datetime) -> None:
    """The same rule and the same three documents as ours, in a transaction of its own."""
    balance = client.collection("token_balances").document(account_id)

    @firestore.transactional
    def renew(transaction: firestore.Transaction) -> None:
        found = balance.get(transaction=transaction).to_dict() or {}
        before = documents.account(account_id, found)
        change = apply(before, Touch(), policy, now)
        (row,) = ledger.sealed(before.head, change.rows, [""])
        rows, outbox = client.collection("token_transactions"), client.collection("outbox")
        transaction.create(rows.document(change.rows[0].row_id), row)
        for message in change.messages:
            told = {"messages": [message_map(change.account, message)]}
            transaction.set(outbox.document(derived_id(message.message_id)), told)
        transaction.update(balance, documents.account_document(change.account))

    renew(client.transaction())
