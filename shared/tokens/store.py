"""Accounts and their ledger in Firestore: `token_balances` and `token_transactions`.

A commit creates the rows before it updates the account, so that a repeated operation is told from
a lost race by the first precondition that fails. It costs no read where the instance saw the
account last.
"""

import threading
from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import datetime
from typing import NamedTuple

from cachetools import LRUCache
from google.cloud import firestore

from shared.kernel.ids import derived_id
from shared.platform import firestore as db
from shared.tokens import documents, ledger
from shared.tokens.models import Account, Entry, Message, Row, Usage

REMEMBERED = 10_000


class Seen(NamedTuple):
    """An account, and the update time that a commit must find unchanged; none for no account."""

    account: Account | None
    update_time: datetime | None


class Save(NamedTuple):
    """All that a commit writes of one account. `marks` are its rows' fingerprints."""

    seen: Seen
    account: Account
    rows: Sequence[Row]
    marks: Sequence[str]
    messages: Sequence[Message] = ()
    days: Sequence[Usage] = ()


class Accounts:
    """Reads accounts, and changes each under the condition that nobody else has meanwhile."""

    def __init__(self, client: firestore.Client) -> None:
        self._client = client
        self._seen: LRUCache[str, Seen] = LRUCache(REMEMBERED)
        self._lock = threading.Lock()

    def look(self, account_id: str) -> Seen:
        """The account as it is now."""
        found = db.read(self._account(account_id))
        if found is None:
            return Seen(None, None)
        return self._remember(Seen(documents.account(account_id, found[0]), found[1]))

    def look_at_all(self, account_ids: Sequence[str]) -> tuple[dict[str, Seen], list[str]]:
        """Those of the accounts that are there, in one call, and the names of broken ones."""
        found = db.read_all(self._client, [self._account(name) for name in account_ids])
        seen: dict[str, Seen] = {}
        broken: list[str] = []
        for name, (row, update_time) in found.items():
            try:
                seen[name] = Seen(documents.account(name, row), update_time)
            except (KeyError, TypeError, ValueError):
                broken.append(name)
        return seen, broken

    def recall(self, account_id: str) -> Seen | None:
        """The account as this instance saw it last."""
        with self._lock:
            return self._seen.get(account_id)

    def entries(self, row_ids: Iterable[str]) -> dict[str, Entry]:
        """Those of the rows that are there, in one call."""
        found = db.read_all(self._client, [self._row(row_id) for row_id in row_ids])
        return {row_id: ledger.entry(row_id, row) for row_id, (row, _) in found.items()}

    def save(self, *saves: Save) -> list[list[Entry]]:
        """All or nothing; the rows of each account as they are stored.

        Raises AlreadyThere where a row exists, ChangedMeanwhile where an account is another or
        the outcome is unknown.
        """
        batch = self._client.batch()
        written = [self._write(batch, save) for save in saves]
        try:
            results = db.commit(batch)
        except (db.AlreadyThere, db.ChangedMeanwhile):
            self._forget(saves)
            raise
        for last, account, _ in written:
            self._remember(Seen(account, results[last].update_time))
        return [entries for _, _, entries in written]

    def _write(self, batch: firestore.WriteBatch, save: Save) -> tuple[int, Account, list[Entry]]:
        """Where in the batch the account stands, what it is now, and its rows."""
        stored = ledger.sealed(save.account.head, save.rows, save.marks)
        for row, document in zip(save.rows, stored, strict=True):
            batch.create(self._row(row.row_id), document)
        for message in save.messages:
            batch.set(self._outbox(message), _message_document(save.account, message))
        for day in save.days:
            batch.set(self._day(save.account, day), _day_document(save.account, day))
        head = stored[-1]["hash"] if stored else save.account.head
        account = replace(save.account, head=head)
        self._put(batch, account, save.seen)
        entries = [ledger.entry(r.row_id, d) for r, d in zip(save.rows, stored, strict=True)]
        return len(batch) - 1, account, entries

    def _put(self, batch: firestore.WriteBatch, account: Account, seen: Seen) -> None:
        reference, document = self._account(account.account_id), documents.account_document(account)
        if seen.update_time is None:
            batch.create(reference, document)
        else:
            option = self._client.write_option(last_update_time=seen.update_time)
            batch.update(reference, document, option=option)

    def _remember(self, seen: Seen) -> Seen:
        if seen.account:
            with self._lock:
                self._seen[seen.account.account_id] = seen
        return seen

    def _forget(self, saves: Sequence[Save]) -> None:
        with self._lock:
            for save in saves:
                self._seen.pop(save.account.account_id, None)

    def _account(self, account_id: str) -> firestore.DocumentReference:
        return self._client.collection("token_balances").document(account_id)

    def _row(self, row_id: str) -> firestore.DocumentReference:
        return self._client.collection("token_transactions").document(row_id)

    def _outbox(self, message: Message) -> firestore.DocumentReference:
        return self._client.collection("outbox").document(derived_id(message.message_id))

    def _day(self, account: Account, usage: Usage) -> firestore.DocumentReference:
        name = f"{account.account_id}__{usage.day}"
        return self._client.collection("token_usage").document(name)


def _message_document(account: Account, message: Message) -> documents.Stored:
    return {
        "occasion": message.message_id,
        "eventType": message.event_type,
        "accountId": account.account_id,
        "tenantId": account.organization_id,
        "payload": dict(message.payload),
    }


def _day_document(account: Account, usage: Usage) -> documents.Stored:
    return {
        "accountId": account.account_id,
        "organizationId": account.organization_id,
        **documents.usage_map(usage),
    }
