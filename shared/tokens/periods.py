"""Time: expired holds, lapsed lots and ended cycles, in the order in which they happened.

An account that was not touched for long catches up in one go and ends as if it had been touched
all along; several cycles that ended without anything between them make one row.
"""

from dataclasses import replace
from datetime import datetime

from shared.kernel.clock import rfc3339
from shared.kernel.ids import derived_id
from shared.tokens import lots, postings
from shared.tokens.cycles import boundary, index
from shared.tokens.holds import expired
from shared.tokens.models import (
    INCLUDED,
    ROLLOVER,
    Account,
    Change,
    Message,
    Period,
    Policy,
    Row,
    Tier,
)
from shared.tokens.postings import Postings


def open_account(
    account_id: str,
    tier: str,
    policy: Policy,
    anchor: datetime,
    now: datetime,
    time_zone: str = "UTC",
    organization_id: str | None = None,
) -> Account:
    """A new account; an anchor in the past opens it in the cycle that holds `now`."""
    granted = policy.tiers[tier].included
    return Account(
        account_id=account_id,
        tier=tier,
        included=granted,
        lots=(lots.new_lot(INCLUDED, INCLUDED, granted),),
        period=period_at(anchor, time_zone, now),
        organization_id=organization_id,
    )


def period_at(anchor: datetime, time_zone: str, now: datetime) -> Period:
    n = index(anchor, time_zone, now)
    start, end = (boundary(anchor, time_zone, number) for number in (n, n + 1))
    return Period(anchor, time_zone, n, start, end)


def advance(account: Account, policy: Policy, now: datetime) -> Change:
    """The account as time has made it by `now`."""
    rows: list[Row] = []
    messages: list[Message] = []
    while (moment := _next_event(account)) <= now:
        change = _happened(account, policy, moment, now)
        account = change.account
        rows += change.rows
        messages += change.messages
    return Change(account, tuple(rows), tuple(messages))


def _next_event(account: Account) -> datetime:
    moment = account.period.end
    for lot in account.lots:
        if lot.expires_at is not None and lot.expires_at < moment:
            moment = lot.expires_at
    for hold in account.holds:
        if hold.expires_at < moment:
            moment = hold.expires_at
    return moment


def _happened(account: Account, policy: Policy, moment: datetime, now: datetime) -> Change:
    hold = next((hold for hold in account.holds if hold.expires_at <= moment), None)
    if hold:
        return expired(account, hold, policy, now)
    if len(lots.living(account.lots, moment)) < len(account.lots):
        return _lapsed(account, moment, now)
    return _refreshed(account, policy, now)


def _lapsed(account: Account, moment: datetime, now: datetime) -> Change:
    gone = lots.lapsed(account.lots, moment)
    after = replace(account, lots=lots.living(account.lots, moment))
    if not gone:
        return Change(after)
    after = replace(after, seq=account.seq + 1)
    row = Row(
        row_id=derived_id(account.account_id, f"lapse:{'+'.join(part.lot_id for part in gone)}"),
        type="expire",
        amount=lots.total(gone),
        at=now,
        parts=gone,
        postings=postings.out_of(gone, postings.EXPIRED),
        after=after,
    )
    return Change(after, (row,))


def _refreshed(account: Account, policy: Policy, now: datetime) -> Change:
    """The last of the cycles that ended before anything else did, with what is carried over."""
    period = _period_reached(account, now)
    skipped = max(0, period.n - account.period.n - 1)
    name = account.pending_tier or account.tier
    tier = policy.tiers.get(name, Tier(account.included))
    rolled = _carried_over(account, tier, skipped)
    kept = tuple(lot for lot in account.lots if lot.kind not in (INCLUDED, ROLLOVER))
    repaid = min(account.debt, tier.included)
    fresh = lots.put(kept, lots.new_lot(INCLUDED, INCLUDED, tier.included - repaid))
    after = replace(
        account,
        tier=name,
        included=tier.included,
        lots=lots.put(fresh, lots.new_lot(ROLLOVER, ROLLOVER, rolled)) if rolled else fresh,
        period=period,
        total_used=0,
        debt=account.debt - repaid,
        member_used={},
        fired=frozenset(),
        pending_tier=None,
        seq=account.seq + 1,
    )
    row = _refresh_row(account, after, rolled, repaid, skipped, now)
    return Change(after, (row,), (_confirmation(after),))


def _period_reached(account: Account, now: datetime) -> Period:
    """The cycle at `now`, or at the next thing that happens before; always a later number.

    An end that another product moved forward ends a cycle too.
    """
    old = account.period
    others = replace(account, period=old._replace(end=now))
    reached = period_at(old.anchor, old.time_zone, max(old.end, min(now, _next_event(others))))
    return reached._replace(n=max(reached.n, old.n + 1))


def _carried_over(account: Account, tier: Tier, skipped: int) -> int:
    """Unspent included tokens, and those of skipped cycles whole, up to the tier's cap."""
    old = sum(lot.left for lot in account.lots if lot.kind in (INCLUDED, ROLLOVER))
    return min(tier.rollover_cap, old + skipped * tier.included)


def _refresh_row(
    before: Account, after: Account, rolled: int, repaid: int, skipped: int, now: datetime
) -> Row:
    return Row(
        row_id=derived_id(after.account_id, f"refresh:{after.period.n}"),
        type="refresh",
        amount=after.included,
        at=now,
        parts=(),
        postings=_refresh_postings(before, after, rolled, repaid, skipped),
        after=after,
        metadata={"cycle": after.period.n, "skipped": skipped, "carriedOver": rolled},
    )


def _refresh_postings(
    before: Account, after: Account, rolled: int, repaid: int, skipped: int
) -> Postings:
    """What the cycles granted and what of it lapsed; the rest is as the lots have changed."""
    old_base = before.base
    old_rolled = sum(lot.left for lot in before.lots if lot.kind == ROLLOVER)
    issued = after.included * (skipped + 1)
    moved = [
        ("user:included", after.base - old_base),
        ("user:rollover", rolled - old_rolled),
        (postings.OWED, repaid),
        (postings.ISSUED, -issued),
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
