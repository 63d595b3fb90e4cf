"""What can be asked of an account. `operation` names a command once and for all."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any


@dataclass(frozen=True, slots=True)
class Deduct:
    """Spend now. `actor` is the member who spends, where the account is a pool."""

    operation: str
    amount: int
    task_type: str | None = None
    actor: str | None = None
    metadata: Mapping[str, Any] | None = None


@dataclass(frozen=True, slots=True)
class PlaceHold:
    """Set tokens aside for a call whose price is not known yet."""

    operation: str
    amount: int
    ttl: timedelta
    task_type: str | None = None
    actor: str | None = None


@dataclass(frozen=True, slots=True)
class Settle:
    """Spend `amount` of a hold and release the rest."""

    hold_id: str
    amount: int


@dataclass(frozen=True, slots=True)
class Void:
    """Release a hold."""

    hold_id: str


@dataclass(frozen=True, slots=True)
class Refund:
    """Undo the deduction `row_id`: each part goes back to where it came from."""

    operation: str
    row_id: str
    cycle: int
    amount: int
    parts: tuple[tuple[str, str, int], ...]
    reason: str
    actor: str | None = None


@dataclass(frozen=True, slots=True)
class Purchase:
    """Tokens that were paid for; `payment` names the money, so that it buys once."""

    payment: str
    amount: int
    metadata: Mapping[str, Any] | None = None


@dataclass(frozen=True, slots=True)
class TakeBack:
    """Money went back (a refund or a dispute named `reversal`), so bought tokens do."""

    reversal: str
    payment: str
    amount: int


@dataclass(frozen=True, slots=True)
class Grant:
    """A gift of tokens, until `expires_at` if it is given."""

    operation: str
    amount: int
    expires_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Adjust:
    """An administrator's correction, up or down, with the reason for it."""

    operation: str
    amount: int
    reason: str
    actor: str


@dataclass(frozen=True, slots=True)
class ChangePlan:
    """Another tier: more at once, less with the next cycle; `by` is who says so."""

    operation: str
    tier: str
    by: str = ""


@dataclass(frozen=True, slots=True)
class SetLimits:
    """What may be spent beyond the tokens that are there, and by whom; `by` is who says so."""

    operation: str
    overage: str
    cap: int
    member_caps: Mapping[str, int]
    by: str = ""


@dataclass(frozen=True, slots=True)
class Park:
    """Take an account out of use until somebody has looked at it."""

    operation: str
    cause: str


@dataclass(frozen=True, slots=True)
class Unpark:
    """Put a parked account back into use, as it stands, with the reason for it.

    `drift` is by how much it differs from its rows; it is written down and differs no more.
    """

    operation: str
    reason: str
    actor: str
    drift: int


@dataclass(frozen=True, slots=True)
class Touch:
    """Nothing but bring the account up to date: what a schedule asks of an idle one."""


Command = (
    Deduct
    | PlaceHold
    | Settle
    | Void
    | Refund
    | Purchase
    | TakeBack
    | Grant
    | Adjust
    | ChangePlan
    | SetLimits
    | Park
    | Unpark
    | Touch
)
