"""The account with its lots, holds and limits, and what the settings make of it.

All amounts are whole tokens. Values are frozen: a change makes new ones.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from types import MappingProxyType
from typing import NamedTuple

INCLUDED = "included"
PURCHASED = "purchased"
ROLLOVER = "rollover"
ADJUST = "adjust"


class Lot(NamedTuple):
    """Tokens of one origin. `left` can be spent now; held tokens are with their hold.

    Lots are spent by `priority`, lower first, then by what expires first.
    """

    lot_id: str
    kind: str
    left: int
    priority: int
    expires_at: datetime | None = None


class Part(NamedTuple):
    """So many tokens of one lot."""

    lot_id: str
    kind: str
    amount: int


class Hold(NamedTuple):
    """Tokens set aside until `expires_at`; `cycle` is when, which decides what can come back."""

    hold_id: str
    parts: tuple[Part, ...]
    expires_at: datetime
    cycle: int
    task_type: str | None = None
    actor: str | None = None

    @property
    def amount(self) -> int:
        return sum(part.amount for part in self.parts)


NO_CAPS: Mapping[str, int] = MappingProxyType({})


class Limits(NamedTuple):
    """What may be spent beyond the tokens that are there: nothing, up to `cap`, or anything.

    `member_caps` are by user id and count by cycle.
    """

    overage: str = "deny"
    cap: int = 0
    member_caps: Mapping[str, int] = NO_CAPS


NO_LIMITS = Limits()


class Period(NamedTuple):
    """The billing cycle: number `n`, from `start` until before `end`, counted from the anchor."""

    anchor: datetime
    time_zone: str
    n: int
    start: datetime
    end: datetime


class Usage(NamedTuple):
    """One day's spending: by task type, its tokens and how many times."""

    day: str
    by_task: Mapping[str, tuple[int, int]]


@dataclass(frozen=True, slots=True)
class Account:
    """A token account.

    `included` is what the tier granted in this cycle; `total_used` counts what was spent of every
    kind in it. `opening` is what was available before the first row, so that rows and state can be
    held against each other; a `parked` account waits for review and takes part in nothing.
    `pending_tier` takes effect with the next cycle. `debt` is what was spent or taken
    back beyond what was there, and is repaid first by whatever comes in.
    """

    account_id: str
    tier: str
    included: int
    lots: tuple[Lot, ...]
    period: Period
    total_used: int = 0
    debt: int = 0
    holds: tuple[Hold, ...] = ()
    limits: Limits = NO_LIMITS
    member_used: Mapping[str, int] = field(default_factory=dict)
    fired: frozenset[str] = frozenset()
    usage: Usage | None = None
    pending_tier: str | None = None
    organization_id: str | None = None
    opening: int = 0
    parked: bool = False
    seq: int = 0
    head: str = ""

    @property
    def base(self) -> int:
        """What is left of the included tokens."""
        return sum(lot.left for lot in self.lots if lot.kind == INCLUDED)

    @property
    def extra(self) -> int:
        """What is left of everything else."""
        return sum(lot.left for lot in self.lots if lot.kind != INCLUDED)

    @property
    def held(self) -> int:
        return sum(hold.amount for hold in self.holds)

    @property
    def available(self) -> int:
        return sum(lot.left for lot in self.lots)

    @property
    def scope(self) -> str:
        return "organization" if self.account_id.startswith("org_") else "user"


class Tier(NamedTuple):
    """What a tier grants each cycle, and how much of what is unspent may be carried over."""

    included: int
    rollover_cap: int = 0


@dataclass(frozen=True, slots=True)
class Policy:
    """What the settings say: tiers, thresholds, and what holds cost beyond their plan.

    `overrun` is `charge` (what a settlement exceeds its hold by is spent, into debt if need be)
    or `cap` (nothing beyond the hold). `expiry` is `void` (an expired hold costs nothing) or
    `full` (all of it). `low_percents` and `low_amounts` are thresholds of what is left.
    """

    tiers: Mapping[str, Tier]
    overrun: str = "charge"
    expiry: str = "void"
    low_percents: tuple[int, ...] = (20,)
    low_amounts: tuple[int, ...] = ()
