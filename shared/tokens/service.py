"""Use cases of tokens: balance, check, deduct; hold, settle, void; refund; what was spent."""

from collections.abc import Callable

from shared.kernel.clock import Clock
from shared.kernel.errors import Conflict, DependencyUnavailable, IdempotencyKeyReused, NotFound
from shared.kernel.ids import derived_id, new_id
from shared.platform import firestore as db
from shared.platform.persistence import persistently
from shared.tokens import holds
from shared.tokens.commands import Command, Deduct, PlaceHold, Refund, Settle, Void
from shared.tokens.desk import Desk
from shared.tokens.models import Account, Policy
from shared.tokens.periods import advance, open_account
from shared.tokens.plan_audit import opened
from shared.tokens.rounds import Opening, Operation
from shared.tokens.rows import Entry, Receipt, Sufficiency
from shared.tokens.rules import fingerprint, sufficiency
from shared.tokens.saves import Acts, Save, Seen
from shared.tokens.store import Accounts


class Tokens:
    """Every `opening` makes the account that opens on first use, or raises NotFound.

    `operation` names what a caller wants once: the same again, in the same words, is answered with
    the first receipt; in other words it raises IdempotencyKeyReused.
    """

    def __init__(self, accounts: Accounts, desk: Desk, policy: Policy, clock: Clock) -> None:
        self._accounts = accounts
        self._desk = desk
        self._policy = policy
        self._clock = clock

    def free(self, organization_of: Callable[[str], str | None]) -> Opening:
        """An account of the tier `free`, which starts now."""

        def opening(account_id: str) -> Account:
            now = self._clock()
            organization = organization_of(account_id)
            return open_account(
                account_id, "free", self._policy, now, now, organization_id=organization
            )

        return opening

    def balance(self, account_id: str, opening: Opening) -> Account:
        """The account as it is by now; it opens on first use."""
        found = self._accounts.look(account_id).account or self._opened(account_id, opening)
        return advance(found, self._policy, self._clock()).account

    def check(
        self, account_id: str, amount: int, actor: str | None, opening: Opening
    ) -> Sufficiency:
        account = self.balance(account_id, opening)
        return sufficiency(account, amount, actor, self._policy, self._clock())

    def deduct(self, account_id: str, command: Deduct, opening: Opening) -> Receipt:
        """Raises InsufficientTokens, with what blocks and until when."""
        return self._once(account_id, command.operation, command, opening)

    def hold(self, account_id: str, command: PlaceHold, opening: Opening) -> Receipt:
        """Raises InsufficientTokens; the hold's id is its row's."""
        return self._once(account_id, command.operation, command, opening)

    def settle(self, account_id: str, command: Settle) -> Receipt:
        """Raises Conflict for a hold that has ended, NotFound for one that never was."""
        return self._resolved(account_id, command)

    def void(self, account_id: str, command: Void) -> Receipt:
        """Raises Conflict for a hold that has ended, NotFound for one that never was."""
        return self._resolved(account_id, command)

    def refund(self, entry: Entry, operation: str, reason: str) -> Receipt:
        """Undo a deduction, once; raises Conflict for anything else."""
        if entry.type != "deduct":
            raise Conflict("Only a deduction can be refunded.", reason="not_a_deduction")
        done = (entry.row_id, entry.cycle, entry.amount, entry.parts)
        command = Refund(operation, *done, reason, entry.actor)
        return self.execute(entry.account_id, operation, command)

    def entry(self, row_id: str) -> Entry | None:
        return self._accounts.entries([row_id]).get(row_id)

    def execute(self, account_id: str, operation: str, command: Command) -> Receipt:
        """What billing does to an account that is there; once for each operation."""
        return self._once(account_id, operation, command, _existing_only)

    def open(self, account: Account, by: str = "") -> bool:
        """Store a new account, also for one that only its user's registration has opened.

        False when there is another. `by` is the administrator who gives it its plan, if one does.
        """
        told = opened(account, by, self._clock()) if by else ()

        def attempt() -> bool:
            if self._saved(Seen(None, None), account, told):
                return True
            found = self._accounts.look(account.account_id)
            return found.untouched and self._saved(found, account, told)

        return persistently(attempt)

    def _saved(self, seen: Seen, account: Account, told: Acts) -> bool:
        try:
            self._accounts.save(Save(seen, account, (), (), told=told))
        except db.AlreadyThere:
            return False
        except db.OutcomeUnknown as unknown:
            raise DependencyUnavailable(reason="commit_outcome_unknown") from unknown
        return True

    def _once(self, account_id: str, operation: str, command: Command, opening: Opening) -> Receipt:
        row_id = derived_id(account_id, operation)
        return self._desk.do(account_id, Operation(row_id, fingerprint(command), command, opening))

    def _resolved(self, account_id: str, command: Settle | Void) -> Receipt:
        """The row that ends a hold is found by the hold, so a second end meets the first."""
        row_id = holds.resolution_id(account_id, command.hold_id)
        operation = Operation(row_id, new_id(), command, _existing_only)
        try:
            return self._desk.do(account_id, operation)
        except IdempotencyKeyReused:
            raise Conflict("The hold is settled, voided or expired.", reason="hold_ended") from None

    def _opened(self, account_id: str, opening: Opening) -> Account:
        account = opening(account_id)
        if self.open(account):
            return account
        return self._accounts.look(account_id).account or _existing_only(account_id)


def _existing_only(account_id: str) -> Account:
    raise NotFound(reason=f"no_account:{account_id}")
