"""The turn of a cycle: included tokens anew, what is carried over, debt repaid.

However many cycles have ended since, it is one row, and the state is that of turning them one by
one.
"""

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime
from typing import NamedTuple

from shared.kernel.clock import rfc3339
from shared.kernel.ids import derived_id
from shared.tokens import lots, postings
from shared.tokens.cycles import boundary, index
from shared.tokens.models import INCLUDED, ROLLOVER, Account, Period, Policy, Tier
from shared.tokens.postings import Postings
from shared.tokens.rows import Change, Message, Row


class Turn(NamedTuple):
    """How many cycles were skipped, what is carried over them, and what debt they repaid.

    `late` is the part of `repaid` that the new cycle itself repays.
    """

    skipped: int
    rolled: int
    repaid: int
    late: int


def period_at(anchor: datetime, time_zone: str, now: datetime) -> Period:
    n = index(anchor, time_zone, now)
    start, end = (boundary(anchor, time_zone, number) for number in (n, n + 1))
    return Period(anchor, time_zone, n, start, end)


def refreshed(account: Account, policy: Policy, until: datetime, now: datetime) -> Change:
    """The cycle that holds `until`, after all that ended before it."""
    period, skipped = _reached(account.period, max(account.period.end, until))
    name = account.pending_tier or account.tier
    tier = policy.tiers.get(name, Tier(account.included))
    turn = _turn(account, tier, skipped)
    after = replace(
        account,
        tier=name,
        included=tier.included,
        lots=_lots(account, tier.included - turn.late, turn.rolled),
        period=period,
        total_used=0,
        debt=account.debt - turn.repaid,
        member_used={},
        fired=frozenset(),
        pending_tier=None,
        seq=account.seq + 1,
    )
    return Change(after, (_row(account, after, turn, now),), (_confirmation(after),))


def _reached(old: Period, moment: datetime) -> tuple[Period, int]:
    """The cycle at a moment, and how many were skipped before it.

    Cycles count on from the old one: an end that another product moved forward ends a cycle too.
    """
    reached = period_at(old.anchor, old.time_zone, moment)
    skipped = reached.n - index(old.anchor, old.time_zone, old.end)
    return reached._replace(n=old.n + 1 + skipped), skipped


def _turn(account: Account, tier: Tier, skipped: int) -> Turn:
    """The cycles one by one, in closed form: each repays debt, and its rest is carried over."""
    passed = skipped * tier.included
    early = min(account.debt, passed)
    late = min(account.debt - early, tier.included)
    old = sum(lot.left for lot in account.lots if lot.kind in (INCLUDED, ROLLOVER))
    return Turn(skipped, min(tier.rollover_cap, old + passed - early), early + late, late)


def _lots(account: Account, base: int, rolled: int) -> lots.Lots:
    kept = tuple(lot for lot in account.lots if lot.kind not in (INCLUDED, ROLLOVER))
    fresh = lots.put(kept, lots.new_lot(INCLUDED, INCLUDED, base))
    return lots.put(fresh, lots.new_lot(ROLLOVER, ROLLOVER, rolled)) if rolled else fresh


def _row(before: Account, after: Account, turn: Turn, now: datetime) -> Row:
    number = after.period.n
    return Row(
        row_id=derived_id(after.account_id, "refresh", str(number)),
        type="refresh",
        amount=after.included,
        at=now,
        parts=(),
        postings=_postings(before, after, turn),
        after=after,
        metadata=_beyond_the_usual(turn),
    )


def _beyond_the_usual(turn: Turn) -> Mapping[str, int] | None:
    said = {"skipped": turn.skipped, "carriedOver": turn.rolled}
    return {name: number for name, number in said.items() if number} or None


def _postings(before: Account, after: Account, turn: Turn) -> Postings:
    """What the cycles granted and what of it lapsed; the rest is as the lots have changed."""
    old_rolled = sum(lot.left for lot in before.lots if lot.kind == ROLLOVER)
    moved = [
        ("user:included", after.base - before.base),
        ("user:rollover", turn.rolled - old_rolled),
        (postings.OWED, turn.repaid),
        (postings.ISSUED, -after.included * (turn.skipped + 1)),
    ]
    return postings.balanced(moved, postings.EXPIRED)


def _confirmation(account: Account) -> Message:
    payload = {
        "accountId": account.account_id,
        "tier": account.tier,
        "cycle": account.period.n,
        "remainingTokens": account.available,
        "nextRefreshDate": rfc3339(account.period.end),
    }
    occasion = f"billing_cycle_refreshed:{account.account_id}:{account.period.n}"
    return Message(occasion, "billing_cycle_refreshed", payload)
