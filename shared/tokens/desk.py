"""Where operations on accounts are done: each once, many at a time, none lost.

Operations that meet at one account in one instance share a commit. A refusal is never taken from
memory; a repeat gets the first answer; whoever is overtaken looks again, until a deadline.
"""

import time
from collections.abc import Callable, Sequence

from shared.kernel.clock import Clock
from shared.kernel.errors import Conflict, DependencyUnavailable, Problem
from shared.platform import firestore as db
from shared.platform.lanes import Lanes
from shared.tokens.models import Policy
from shared.tokens.rounds import Operation, Round, answer, begun, joined, replay
from shared.tokens.rows import Receipt
from shared.tokens.rules import apply
from shared.tokens.saves import Seen
from shared.tokens.store import Accounts

MOST_ATTEMPTS = 10_000
Work = Callable[[str, Sequence[Operation]], None]


class Desk:
    """Takes operations; answers when they are done."""

    def __init__(
        self,
        accounts: Accounts,
        policy: Policy,
        clock: Clock,
        lanes: Callable[[Work], Lanes[Operation]] = Lanes,
        pause: Callable[[int], None] = db.pause,
    ) -> None:
        self._accounts = accounts
        self._policy = policy
        self._clock = clock
        self._lanes = lanes(self._work)
        self._pause = pause

    def do(self, account_id: str, operation: Operation) -> Receipt:
        """Raises what the rules refuse, IdempotencyKeyReused, or DependencyUnavailable."""
        self._lanes.join(account_id, operation)
        if operation.receipt:
            return operation.receipt
        raise operation.failure or DependencyUnavailable(reason="not_done")

    def _work(self, account_id: str, batch: Sequence[Operation]) -> None:
        waiting = list(batch)
        try:
            self._until_done(account_id, waiting)
        except Exception as failure:  # each of them must hear of it, not only the one that leads
            for operation in waiting:
                operation.failure = operation.failure or failure

    def _until_done(self, account_id: str, batch: Sequence[Operation]) -> None:
        seen = self._accounts.recall(account_id)
        for attempt in range(MOST_ATTEMPTS):
            waiting = [operation for operation in batch if not _given_up(operation)]
            if not waiting:
                return
            if not self._attempt(account_id, waiting, seen):
                self._pause(attempt)
            seen = None

    def _attempt(self, account_id: str, waiting: Sequence[Operation], known: Seen | None) -> bool:
        """One look, one decision, one commit; False when another was faster."""
        seen = known or self._accounts.look(account_id)
        round_ = self._decided(account_id, waiting, seen)
        saved = not round_.admitted or self._save(round_, seen)
        if round_.refused:
            self._consider(round_.refused, final=saved and known is None)
        return saved

    def _decided(self, account_id: str, waiting: Sequence[Operation], seen: Seen) -> Round:
        """Decide one after the other; a repeat within the batch waits for its first.

        So does another refund of the same deduction, until the next round.
        """
        state, round_ = None if seen.untouched else seen.account, Round()
        for operation in waiting:
            if operation.row_id in round_.admitted:
                round_.repeats.append(operation)
                continue
            if operation.undoes in round_.undone:
                continue
            try:
                held = state or begun(seen, account_id, operation.opening)
                operation.at = operation.at or self._clock()
                change = apply(held, operation.command, self._policy, operation.at)
            except Problem as refusal:
                round_.refused.append((operation, refusal))
                continue
            state = change.account
            round_.admitted[operation.row_id] = (operation, change)
            round_.undone |= {operation.undoes} - {""}
        return round_

    def _consider(self, refused: Sequence[tuple[Operation, Problem]], final: bool) -> None:
        """Refuse only on a fresh look, and only what was not granted before."""
        found = self._accounts.entries([operation.row_id for operation, _ in refused])
        for operation, refusal in refused:
            if operation.row_id in found:
                replay(operation, found[operation.row_id])
            elif final:
                operation.failure = refusal

    def _save(self, round_: Round, seen: Seen) -> bool:
        """Whether what was decided has come true; else those it refused must be asked again."""
        try:
            (entries,) = self._accounts.save(joined(round_, seen))
        except db.AlreadyThere:
            if not self._met(round_):
                self._accounts.require_moved(seen)
            return False
        except db.ChangedMeanwhile:
            return False
        answer(round_, {entry.row_id: entry for entry in entries})
        return True

    def _met(self, round_: Round) -> bool:
        """Whether any of what was decided had been done before: by its row, or by another."""
        found = self._accounts.entries(round_.admitted)
        for row_id in found:
            replay(round_.admitted[row_id][0], found[row_id])
        refunds = self._accounts.refunds(round_.undone) if round_.undone else {}
        for operation, _ in round_.admitted.values():
            another = refunds.get(operation.undoes, operation.row_id) != operation.row_id
            if another and not operation.over:
                operation.failure = Conflict("The deduction is refunded already.")
        return bool(found or refunds)


def _given_up(operation: Operation) -> bool:
    if not operation.over and time.monotonic() > operation.deadline:
        operation.failure = DependencyUnavailable(reason="contention")
    return operation.over
