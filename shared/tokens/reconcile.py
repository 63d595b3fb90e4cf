"""Holding accounts against their ledgers: all by their sums, a sample row by row.

What does not add up is parked, never mended: a wrong balance is evidence.
"""

from collections.abc import Sequence
from contextlib import suppress
from typing import NamedTuple

from shared.kernel.errors import Conflict, NotFound
from shared.kernel.ids import derived_id, new_id
from shared.platform.logs import log
from shared.tokens import ledger
from shared.tokens.archive import Archive
from shared.tokens.commands import Park, Unpark
from shared.tokens.models import Account
from shared.tokens.rows import Receipt
from shared.tokens.service import Tokens
from shared.tokens.store import Accounts

SAMPLE_ONE_IN = 100
CHAIN_PAGE = 300


class Finding(NamedTuple):
    """An account that does not add up, and how."""

    account_id: str
    cause: str


class Reconciler:
    """Reads two documents and one sum an account, and all rows of one in a hundred."""

    def __init__(self, accounts: Accounts, archive: Archive, tokens: Tokens) -> None:
        self._accounts = accounts
        self._archive = archive
        self._tokens = tokens

    def page(self, account_ids: Sequence[str], occasion: str) -> Sequence[Finding]:
        """Check each account, and park those that do not add up. `occasion` picks the sample."""
        found, broken = self._accounts.look_at_all(account_ids)
        accounts = [seen.account for seen in found.values() if seen.account]
        findings = [self._checked(account, occasion) for account in accounts]
        named = [finding for finding in findings if finding]
        for finding in named:
            self._park(finding)
        for account_id in broken:
            log("ERROR", "account is broken", accountId=account_id)
        return [*named, *(Finding(account_id, "unreadable") for account_id in broken)]

    def verify(self, account: Account) -> int | None:
        """The number of the first row that breaks the account's chain; None if it holds.

        The chain must end where the account says that it does: a last row can be missed too.
        """
        head, seq = "", 0
        while seq < account.seq:
            rows = self._archive.chain(account.account_id, seq, min(CHAIN_PAGE, account.seq - seq))
            broken = ledger.broken_at(rows, head, seq)
            if broken is not None or not rows:
                return broken or seq + 1
            head, seq = rows[-1]["hash"], rows[-1]["seq"]
        return None if head == account.head else account.seq

    def unpark(self, account_id: str, reason: str, actor: str) -> Receipt:
        """Take a parked account as it stands back into use; raises NotFound or Conflict."""
        account = self._accounts.look(account_id).account
        if account is None:
            raise NotFound(reason="account")
        if not account.parked:
            raise Conflict("The account is not parked.", reason="not_parked")
        _, net = self._archive.sums(account_id, account.seq)
        if net is None:
            raise Conflict("Its rows do not add up to a number.", reason="rows")
        drift = account.available - account.opening - net
        operation = f"unpark:{account.seq}"
        command = Unpark(operation, reason, actor, drift)
        return self._tokens.execute(account_id, operation, command)

    def _checked(self, account: Account, occasion: str) -> Finding | None:
        if account.parked:
            return None
        cause = self._sums(account) or (self._rows(account) if _sampled(account, occasion) else "")
        return Finding(account.account_id, cause) if cause else None

    def _sums(self, account: Account) -> str:
        """Rows may be added while we count: what counts is that they were all there before."""
        count, net = self._archive.sums(account.account_id, account.seq)
        if count != account.seq:
            return f"{count} rows, not {account.seq}"
        if net is None:
            return "its rows add up to no whole number"
        expected = account.opening + net
        return "" if expected == account.available else f"{account.available}, not {expected}"

    def _rows(self, account: Account) -> str:
        broken = self.verify(account)
        return "" if broken is None else f"row {broken} breaks the chain"

    def _park(self, finding: Finding) -> None:
        log("ERROR", "account does not add up", accountId=finding.account_id, cause=finding.cause)
        operation = f"park:{new_id()}"
        # One that cannot even be parked is refused to everybody, and keeps no other waiting.
        with suppress(Conflict):
            self._tokens.execute(finding.account_id, operation, Park(operation, finding.cause))


def _sampled(account: Account, occasion: str) -> bool:
    return int(derived_id(account.account_id, occasion)[:8], 16) % SAMPLE_ONE_IN == 0
