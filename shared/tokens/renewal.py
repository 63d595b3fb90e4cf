"""Refreshing idle accounts by the page: one look at all, one commit for all that are due."""

from collections.abc import Iterable, Mapping, Sequence
from itertools import chain
from typing import NamedTuple

from shared.kernel.clock import Clock
from shared.kernel.errors import Conflict, DependencyUnavailable
from shared.platform import firestore as db
from shared.tokens.commands import Touch
from shared.tokens.models import Policy
from shared.tokens.rules import apply
from shared.tokens.saves import Save, Seen
from shared.tokens.store import Accounts

ATTEMPTS = 12


class Outcome(NamedTuple):
    """How many accounts were refreshed, were not due (any more), and are broken."""

    refreshed: int
    not_due: int
    broken: Sequence[str]


def together(outcomes: Iterable[Outcome]) -> Outcome:
    refreshed, not_due, broken = zip(Outcome(0, 0, []), *outcomes, strict=True)
    return Outcome(sum(refreshed), sum(not_due), list(chain.from_iterable(broken)))


class Renewal:
    """Brings accounts up to date that nobody uses. Each is refreshed once, whoever comes first."""

    def __init__(self, accounts: Accounts, policy: Policy, clock: Clock) -> None:
        self._accounts = accounts
        self._policy = policy
        self._clock = clock

    def refresh(self, account_ids: Sequence[str]) -> Outcome:
        """Raises DependencyUnavailable when the store is not to be had; done ones stay done."""
        found, broken = self._accounts.look_at_all(account_ids)
        due, refused = self._all_due(found)
        done, stuck = self._all_or_each(due)
        broken += refused + stuck
        return Outcome(done, len(account_ids) - done - len(broken), broken)

    def _all_due(self, found: Mapping[str, Seen]) -> tuple[list[Save], list[str]]:
        """And the names of those that have more than can be counted."""
        due, refused = [], []
        for account_id, seen in found.items():
            try:
                due.append(self._due(seen))
            except Conflict:
                refused.append(account_id)
        return [save for save in due if save], refused

    def _due(self, seen: Seen) -> Save | None:
        if seen.account is None:
            return None
        change = apply(seen.account, Touch(), self._policy, self._clock())
        marks = [""] * len(change.rows)
        if not change.rows:
            return None
        return Save(seen, change.account, change.rows, marks, change.messages, change.days)

    def _all_or_each(self, due: Sequence[Save]) -> tuple[int, list[str]]:
        """One commit; if anybody was faster at one of them, each by itself.

        How many were refreshed, and the names of those that do not add up.
        """
        if not due:
            return 0, []
        try:
            self._accounts.save(*due)
        except (db.AlreadyThere, db.ChangedMeanwhile):
            return self._each(save.account.account_id for save in due)
        return len(due), []

    def _each(self, account_ids: Iterable[str]) -> tuple[int, list[str]]:
        done, broken = 0, []
        for account_id in account_ids:
            try:
                done += self._one(account_id)
            except Conflict:
                broken.append(account_id)
        return done, broken

    def _one(self, account_id: str) -> bool:
        for _ in range(ATTEMPTS):
            save = self._due(self._accounts.look(account_id))
            if save is None:
                return False
            try:
                self._accounts.save(save)
            except db.AlreadyThere:
                self._accounts.require_moved(save.seen)
            except db.ChangedMeanwhile:
                continue
            else:
                return True
        raise DependencyUnavailable(reason="contention")
