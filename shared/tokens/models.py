"""The account, its ledger rows, and the answers that callers get."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any


@dataclass(frozen=True, slots=True)
class Account:
    """A token account. All amounts are whole tokens.

    `included` is the tier's allowance in this cycle, `included_used` what was spent of it;
    `purchased` is what is left of bought tokens; `total_used` counts both in this cycle.
    `cycle` counts refreshes, `seq` counts rows.
    """

    account_id: str
    tier: str
    included: int
    included_used: int
    purchased: int
    total_used: int
    subscription_start: datetime
    cycle_start: datetime
    last_refresh: datetime
    next_refresh: datetime
    time_zone: str = "UTC"
    cycle: int = 0
    seq: int = 0
    organization_id: str | None = None

    @property
    def available_base(self) -> int:
        return max(0, self.included - self.included_used)

    @property
    def available(self) -> int:
        return self.available_base + self.purchased

    @property
    def scope(self) -> str:
        return "organization" if self.account_id.startswith("org_") else "user"


@dataclass(frozen=True, slots=True)
class Deduction:
    """A request to spend. `operation` is what the caller's idempotency key names."""

    operation: str
    amount: int
    task_type: str | None = None
    metadata: Mapping[str, Any] | None = None


@dataclass(frozen=True, slots=True)
class Row:
    """One immutable row of the ledger, and the record that makes its operation happen once."""

    row_id: str
    account_id: str
    type: str
    amount: int
    at: datetime
    seq: int
    available_after: int
    from_included: int = 0
    from_purchased: int = 0
    task_type: str | None = None
    metadata: Mapping[str, Any] | None = None
    organization_id: str | None = None
    fingerprint: str = ""
    result: Mapping[str, Any] | None = None


@dataclass(frozen=True, slots=True)
class Change:
    """A new state of an account with the rows that explain it."""

    account: Account
    rows: Sequence[Row]


@dataclass(frozen=True, slots=True)
class Receipt:
    """What became of an operation; `replay` when it had been done before."""

    row: Row
    replay: bool


@dataclass(frozen=True, slots=True)
class Sufficiency:
    """Whether an amount could be spent now."""

    sufficient: bool
    available: int
    short_by: int
    scope: str
    resets_at: datetime
