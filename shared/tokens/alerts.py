"""What a change of a balance is worth telling: running low, running out, a new cycle."""

from collections.abc import Sequence
from enum import IntEnum

from shared.tokens.models import Account


class Level(IntEnum):
    PLENTY = 0
    LOW = 1
    DEPLETED = 2


EVENT_TYPES = {Level.LOW: "token_low", Level.DEPLETED: "token_depleted"}


def level(account: Account, low_percent: int) -> Level:
    """Low is at or under the given percentage of the tier's allowance."""
    if account.available == 0:
        return Level.DEPLETED
    low = account.available * 100 <= account.included * low_percent
    return Level.LOW if low else Level.PLENTY


def alerts(before: Account | None, after: Account, low_percent: int) -> Sequence[str]:
    """The types of the events that this change calls for; a new cycle starts with plenty."""
    same_cycle = before is not None and before.cycle == after.cycle
    was = level(before, low_percent) if before and same_cycle else Level.PLENTY
    found = ["billing_cycle_refreshed"] if before and before.cycle < after.cycle else []
    now = level(after, low_percent)
    return [*found, EVENT_TYPES[now]] if now > was else found
