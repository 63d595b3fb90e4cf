"""What a month of a million users costs, from what operations cost and how often they happen."""

from collections.abc import Iterable, Mapping
from typing import NamedTuple

from scripts.suite.scale.scene import Operation

USERS = 1_000_000

# List prices in US dollars, for Firestore in a US multi-region and functions in Iowa. Check them:
# they change, differ by region, and leave out the free tier and discounts.
READS = 0.06 / 100_000
WRITES = 0.18 / 100_000
DELETES = 0.02 / 100_000
GIBIBYTE_MONTH = 0.18
INVOCATIONS = 0.40 / 1_000_000
CPU_SECOND = 0.000024
MEMORY_SECOND = 0.0000025 / 2  # half a gibibyte

# What an invocation keeps a CPU busy with is assumed; `scripts/bench deduct-http` measures a call.
SECONDS_A_CALL = 0.005
SECONDS_A_TRIGGER = 0.01

# How often each happens, for one user in a month. No cache is hoped for: every request has its
# caller looked up, and every deduction but four meets an instance that does not know the account.
PROFILE: Mapping[str, float] = {
    "recognise a caller by an ID token": 98,
    "balance, check": 60,
    "deduct": 18,
    "deduct, on an instance that knows the account": 4,
    "deduct, the first of a day": 7,
    "deduct, the first of a cycle": 0.7,
    "deduct, down to a threshold": 0.3,
    "deduct, repeated": 0.3,
    "hold": 1.5,
    "settle": 1.5,
    "20 rows of the ledger": 2,
    "usage of 11 days": 2,
    "buy: begin": 0.05,
    "buy: webhook": 0.05,
    "refresh, one of a page": 0.3,
    "audit, one of a page": 30,
    "message to the ecosystem": 1.3,
    "message by e-mail": 1.3,
}
BACKGROUND = ("recognise", "refresh", "audit", "message")
EXPIRING = "message by e-mail"  # its record is deleted after a month (TTL)


class Month(NamedTuple):
    """Totals of all users."""

    reads: float
    writes: float
    deletes: float
    calls: float
    triggers: float
    gibibytes: float


class Line(NamedTuple):
    """One line of the bill."""

    name: str
    amount: float
    dollars: float


def month(operations: Iterable[Operation], users: int = USERS) -> Month:
    often = [(o, PROFILE[o.name] * users) for o in operations if o.name in PROFILE]
    return Month(
        reads=sum(o.reads * n for o, n in often),
        writes=sum(o.writes * n for o, n in often),
        deletes=PROFILE[EXPIRING] * users,
        calls=sum(n for o, n in often if not o.name.startswith(BACKGROUND)),
        triggers=sum(o.triggers * n for o, n in often),
        gibibytes=sum(o.stored * n for o, n in often) / 2**30,
    )


def bill(total: Month) -> list[Line]:
    busy = total.calls * SECONDS_A_CALL + total.triggers * SECONDS_A_TRIGGER
    return [
        Line("reads", total.reads, total.reads * READS),
        Line("writes", total.writes, total.writes * WRITES),
        Line("deletes", total.deletes, total.deletes * DELETES),
        Line("HTTP calls", total.calls, total.calls * INVOCATIONS),
        Line("triggers", total.triggers, total.triggers * INVOCATIONS),
        Line("CPU and memory, seconds", busy, busy * (CPU_SECOND + MEMORY_SECOND)),
        Line("GiB that this month adds", total.gibibytes, total.gibibytes * GIBIBYTE_MONTH),
    ]
