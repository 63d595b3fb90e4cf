"""Accounts and their ledger in Firestore: `token_balances` and `token_transactions`.

A commit creates the rows before it updates the account, so that a repeated operation is told from
a lost race by the first precondition that fails. It costs no read where the instance saw the
account last.
"""

import threading
from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace
from typing import Any, NamedTuple

from cachetools import LRUCache
from google.cloud import firestore

from shared.platform.firestore import AlreadyThere, ChangedMeanwhile
from shared.platform.wire import Found, Wire, Write
from shared.tokens import documents, ledger, maps
from shared.tokens.messages import message_map, outbox_documents
from shared.tokens.models import Account, Usage
from shared.tokens.plan_audit import PlanAudit
from shared.tokens.rows import Entry
from shared.tokens.saves import Save, Seen

REMEMBERED = 10_000
BALANCES, ROWS, DAYS = "token_balances/", "token_transactions/", "token_usage/"
REFUNDS = "token_refunds/"  # by the deduction, which so has one


class Written(NamedTuple):
    """A save as writes: the last of them is the account's."""

    writes: list[Any]
    account: Account
    document: Mapping[str, Any]
    entries: list[Entry]


class Accounts:
    """Reads accounts, and changes each under the condition that nobody else has meanwhile."""

    def __init__(self, client: firestore.Client) -> None:
        self._wire = Wire(client)
        self._audit = PlanAudit(self._wire)
        self._seen: LRUCache[str, Seen] = LRUCache(REMEMBERED)
        self._lock = threading.Lock()

    def look(self, account_id: str) -> Seen:
        """The account as it is now; raises DoesNotAddUp, which is a Conflict."""
        found = self._wire.get([BALANCES + account_id]).get(BALANCES + account_id)
        if found is None:
            return Seen(None, None)
        return self._remember(_seen(account_id, found))

    def require_moved(self, seen: Seen) -> None:
        """Raises DoesNotAddUp for an account that its own rows are ahead of.

        Rows are written with their account, so it has moved on if one was there; unless somebody
        has put the account back to what it was.
        """
        if seen.account and self.look(seen.account.account_id).updated == seen.updated:
            raise documents.DoesNotAddUp(seen.account.account_id)

    def look_at_all(self, account_ids: Sequence[str]) -> tuple[dict[str, Seen], list[str]]:
        """Those of the accounts that are there, in one call, and the names of broken ones."""
        found = self._wire.get(BALANCES + name for name in account_ids)
        seen: dict[str, Seen] = {}
        broken: list[str] = []
        for path, stored in found.items():
            name = path.removeprefix(BALANCES)
            try:
                seen[name] = _seen(name, stored)
            except documents.DoesNotAddUp:
                broken.append(name)
        return seen, broken

    def recall(self, account_id: str) -> Seen | None:
        """The account as this instance saw it last."""
        with self._lock:
            return self._seen.get(account_id)

    def entries(self, row_ids: Collection[str]) -> dict[str, Entry]:
        """Those of the rows that are there, in one call; not what another product put there."""
        found = self._wire.get(ROWS + row_id for row_id in row_ids)
        ours = {path.removeprefix(ROWS): row for path, (row, _) in found.items() if "seq" in row}
        return {row_id: ledger.entry(row_id, row) for row_id, row in ours.items()}

    def refunds(self, row_ids: Collection[str]) -> dict[str, str]:
        """Those of the deductions that are refunded, each with the row that does it."""
        found = self._wire.get(REFUNDS + row_id for row_id in row_ids)
        return {p.removeprefix(REFUNDS): one["transactionId"] for p, (one, _) in found.items()}

    def save(self, *saves: Save) -> list[list[Entry]]:
        """All or nothing; the rows of each account as they are stored.

        Raises AlreadyThere where a row or a refund exists, ChangedMeanwhile where an account is
        another or the outcome is unknown.
        """
        written = [self._written(save) for save in saves]
        times = self._commit(saves, [write for found in written for write in found.writes])
        self._remember_all(saves, written, times)
        return [found.entries for found in written]

    def _commit(self, saves: Sequence[Save], writes: Sequence[Write]) -> list[Any]:
        """With what there is to tell behind it, and what the audit is told of changed plans."""
        told = [self._audit.telling(save) for save in saves]
        audit = [write for each in told for write in each.writes]
        try:
            return self._wire.commit([*writes, *self._telling(saves), *audit])
        except AlreadyThere as found:
            self._forget(saves)
            if any(self._audit.overtaken(each) for each in told):
                raise ChangedMeanwhile from found
            raise
        except ChangedMeanwhile:
            self._forget(saves)
            raise

    def _written(self, save: Save) -> Written:
        stored = ledger.sealed(save.account.head, save.rows, save.marks)
        pairs = list(zip(save.rows, stored, strict=True))
        head = stored[-1]["hash"] if stored else save.account.head
        account = replace(save.account, head=head)
        writes = [self._wire.creation(ROWS + row.row_id, document) for row, document in pairs]
        refunds = {f"{REFUNDS}{r.reference}": r.row_id for r in save.rows if r.type == "refund"}
        writes += [self._wire.creation(p, {"transactionId": n}) for p, n in refunds.items()]
        writes += [self._closing(account, day) for day in save.days]
        document = documents.account_document(account)
        writes.append(self._putting(account.account_id, document, save.seen))
        asked = [ledger.entry(row.row_id, d) for row, d in pairs if "fingerprint" in d]
        return Written(writes, account, document, asked)

    def _telling(self, saves: Sequence[Save]) -> list[Write]:
        told = [message_map(save.account, message) for save in saves for message in save.messages]
        return [self._wire.setting(path, document) for path, document in outbox_documents(told)]

    def _closing(self, account: Account, usage: Usage) -> Any:
        document = {
            "accountId": account.account_id,
            "organizationId": account.organization_id,
            **maps.usage_map(usage),
        }
        return self._wire.setting(f"{DAYS}{account.account_id}__{usage.day}", document)

    def _putting(self, account_id: str, document: Mapping[str, Any], seen: Seen) -> Any:
        path, known = BALANCES + account_id, seen.stored
        if seen.account is None:
            return self._wire.creation(path, document)
        changed = {n: value for n, value in document.items() if n not in known or known[n] != value}
        gone = [n for n in documents.AT_TIMES if n in known and n not in document]
        return self._wire.updating(path, changed, seen.updated, gone)

    def _remember(self, seen: Seen) -> Seen:
        if seen.account:
            with self._lock:
                self._seen[seen.account.account_id] = seen
        return seen

    def _remember_all(
        self, saves: Sequence[Save], written: Sequence[Written], times: Sequence[Any]
    ) -> None:
        """Those that were remembered, and new ones; who comes by the page will not come again."""
        last = -1
        for save, found in zip(saves, written, strict=True):
            last += len(found.writes)
            if save.seen.account is None or found.account.account_id in self._seen:
                self._remember(Seen(found.account, times[last], found.document))

    def _forget(self, saves: Sequence[Save]) -> None:
        with self._lock:
            for save in saves:
                self._seen.pop(save.account.account_id, None)


def _seen(account_id: str, found: Found) -> Seen:
    account = documents.account(account_id, found.document)
    return Seen(account, found.updated, found.document)
