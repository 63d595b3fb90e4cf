"""Use cases of tokens: balance, check, deduct, and what happens when a cycle ends."""

from collections.abc import Callable
from functools import partial

from shared.kernel.clock import Clock
from shared.kernel.errors import NotFound
from shared.kernel.settings import Settings
from shared.tokens import rules
from shared.tokens.models import Account, Change, Deduction, Receipt, Sufficiency
from shared.tokens.store import Accounts

Opening = Callable[[str], Account]


class Tokens:
    """Every `opening` makes the account that opens on first use, or raises NotFound."""

    def __init__(self, accounts: Accounts, settings: Settings, clock: Clock) -> None:
        self._accounts = accounts
        self._tiers = settings.tiers
        self._clock = clock

    def free(self, organization_of: Callable[[str], str | None]) -> Opening:
        """An account of the tier `free`, which starts now."""
        return lambda account_id: rules.opened(
            account_id,
            "free",
            self._tiers,
            start=self._clock(),
            now=self._clock(),
            organization_id=organization_of(account_id),
        )

    def balance(self, account_id: str, opening: Opening) -> Account:
        """The account in the present cycle; it opens on first use."""
        found = self._accounts.read(account_id) or self._opened(account_id, opening)
        return rules.refreshed(found, self._tiers, self._clock()).account

    def check(self, account_id: str, amount: int, opening: Opening) -> Sufficiency:
        account = self.balance(account_id, opening)
        return rules.sufficiency(account, amount, self._tiers, self._clock())

    def deduct(self, account_id: str, deduction: Deduction, opening: Opening) -> Receipt:
        """Spend once for each operation; raises InsufficientTokens, IdempotencyKeyReused."""
        row_id = rules.row_id(account_id, deduction.operation)
        decide = partial(self._deducted, account_id, deduction, opening)
        return self._accounts.change(account_id, row_id, rules.fingerprint(deduction), decide)

    def refresh(self, account_id: str) -> bool:
        """Bring a due account into the present cycle; False when it was not due (any more)."""
        return self._accounts.settle(account_id, self._refreshed)

    def open(self, account: Account) -> bool:
        """Store a new account; False when there is one."""
        return self._accounts.settle(account.account_id, partial(_unless_there, account))

    def _opened(self, account_id: str, opening: Opening) -> Account:
        account = opening(account_id)
        return account if self.open(account) else self._existing(account_id)

    def _existing(self, account_id: str) -> Account:
        found = self._accounts.read(account_id)
        if found is None:
            raise NotFound(reason="account")
        return found

    def _deducted(
        self, account_id: str, deduction: Deduction, opening: Opening, found: Account | None
    ) -> Change:
        account = found or opening(account_id)
        return rules.deducted(account, deduction, self._tiers, self._clock())

    def _refreshed(self, found: Account | None) -> Change | None:
        change = rules.refreshed(found, self._tiers, self._clock()) if found else None
        return change if change and change.rows else None


def _unless_there(account: Account, found: Account | None) -> Change | None:
    return None if found else Change(account, ())
