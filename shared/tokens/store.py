"""Accounts and their ledger in Firestore: `token_balances` and `token_transactions`.

A change costs one read and one commit, and no read where the instance saw the account last. The
commit creates the row before it updates the account, so that a repeated operation is told from a
lost race by the first precondition that fails.
"""

import random
import threading
import time
from collections.abc import Callable
from datetime import datetime
from typing import NamedTuple

from cachetools import LRUCache
from google.cloud import firestore

from shared.kernel.errors import DependencyUnavailable, IdempotencyKeyReused, Problem
from shared.platform import firestore as db
from shared.tokens import documents
from shared.tokens.models import Account, Change, Receipt

PATIENCE_SECONDS = 15.0
LONGEST_PAUSE_SECONDS = 0.5
ATTEMPTS = 12
Decide = Callable[[Account | None], Change]
Settle = Callable[[Account | None], Change | None]


class Seen(NamedTuple):
    """An account, and the update time that a commit must find unchanged; none for no account."""

    account: Account | None
    update_time: datetime | None


class Accounts:
    """Reads accounts, and changes each by one conditional commit at a time."""

    def __init__(self, client: firestore.Client) -> None:
        self._client = client
        self._seen: LRUCache[str, Seen] = LRUCache(10_000)
        self._lock = threading.Lock()

    def read(self, account_id: str) -> Account | None:
        """The account as it is now."""
        found = db.read(self._account(account_id))
        return documents.account(account_id, found[0]) if found else None

    def change(self, account_id: str, row_id: str, mark: str, decide: Decide) -> Receipt:
        """Do an operation once. Its row must be the last that `decide` makes.

        A row that is there already is the answer, if it bears the same mark. What `decide`
        raises is raised only on a fresh read, and not for an operation done before. Raises
        DependencyUnavailable, with nothing changed, when others were faster for too long.
        """
        deadline = time.monotonic() + PATIENCE_SECONDS
        seen = self._recall(account_id)
        for attempt in range(1_000):
            receipt = self._attempt(account_id, row_id, mark, decide, seen)
            if receipt:
                return receipt
            if time.monotonic() > deadline:
                break
            _pause(attempt)
            seen = None
        raise DependencyUnavailable(reason="contention")

    def settle(self, account_id: str, decide: Settle) -> bool:
        """Commit what `decide` makes of the account; False when it finds nothing to do."""
        for attempt in range(ATTEMPTS):
            seen = self._look(account_id)
            change = decide(seen.account)
            if change is None:
                return False
            try:
                self._commit(account_id, change, seen)
            except (db.AlreadyThere, db.ChangedMeanwhile):
                _pause(attempt)
            else:
                return True
        raise DependencyUnavailable(reason="contention")

    def _attempt(
        self, account_id: str, row_id: str, mark: str, decide: Decide, seen: Seen | None
    ) -> Receipt | None:
        held = seen or self._look(account_id)
        try:
            change = decide(held.account)
        except Problem:
            receipt = self._replayed(row_id, mark)
            if receipt is None and seen is None:
                raise
            return receipt
        try:
            self._commit(account_id, change, held)
        except db.AlreadyThere:
            return self._replayed(row_id, mark)
        except db.ChangedMeanwhile:
            return None
        return Receipt(change.rows[-1], replay=False)

    def _replayed(self, row_id: str, mark: str) -> Receipt | None:
        found = db.read(self._row(row_id))
        if found is None:
            return None
        row = documents.row(row_id, found[0])
        if row.fingerprint != mark:
            raise IdempotencyKeyReused(reason="fingerprint")
        return Receipt(row, replay=True)

    def _commit(self, account_id: str, change: Change, seen: Seen) -> None:
        batch = self._client.batch()
        for row in change.rows:
            batch.create(self._row(row.row_id), documents.row_document(row))
        self._save(batch, self._account(account_id), change.account, seen)
        try:
            results = db.commit(batch)
        except (db.AlreadyThere, db.ChangedMeanwhile):
            self._forget(account_id)
            raise
        self._remember(account_id, Seen(change.account, results[-1].update_time))

    def _save(
        self,
        batch: firestore.WriteBatch,
        reference: firestore.DocumentReference,
        account: Account,
        seen: Seen,
    ) -> None:
        document = documents.account_document(account)
        if seen.update_time is None:
            batch.create(reference, document)
        else:
            option = self._client.write_option(last_update_time=seen.update_time)
            batch.update(reference, document, option=option)

    def _look(self, account_id: str) -> Seen:
        found = db.read(self._account(account_id))
        if found is None:
            return Seen(None, None)
        return self._remember(account_id, Seen(documents.account(account_id, found[0]), found[1]))

    def _recall(self, account_id: str) -> Seen | None:
        with self._lock:
            return self._seen.get(account_id)

    def _remember(self, account_id: str, seen: Seen) -> Seen:
        with self._lock:
            self._seen[account_id] = seen
        return seen

    def _forget(self, account_id: str) -> None:
        with self._lock:
            self._seen.pop(account_id, None)

    def _account(self, account_id: str) -> firestore.DocumentReference:
        return self._client.collection("token_balances").document(account_id)

    def _row(self, row_id: str) -> firestore.DocumentReference:
        return self._client.collection("token_transactions").document(row_id)


def _pause(attempt: int) -> None:
    """Full jitter, so that writers who collided do not meet again."""
    longest = min(LONGEST_PAUSE_SECONDS, 0.01 * 2 ** min(attempt, 10))
    time.sleep(random.uniform(0, longest))  # noqa: S311  # no secret depends on it
