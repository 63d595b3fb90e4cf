"""Time: expired holds, lapsed lots and ended cycles, in the order in which they happened.

An account that was not touched for long catches up in one go and ends as if it had been touched
all along; several cycles that ended without anything between them make one row.
"""

from dataclasses import replace
from datetime import datetime, timedelta

from shared.kernel.ids import derived_id
from shared.tokens import lots, postings
from shared.tokens.alerts import alerted
from shared.tokens.holds import expired
from shared.tokens.models import INCLUDED, PURCHASED, Account, Policy, Usage
from shared.tokens.rows import Change, Message, Row
from shared.tokens.turns import period_at, refreshed

INSTANT = timedelta(microseconds=1)


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
        lots=(lots.new_lot(INCLUDED, INCLUDED, granted), lots.new_lot(PURCHASED, PURCHASED, 0)),
        period=period_at(anchor, time_zone, now),
        organization_id=organization_id,
        opening=granted,
    )


def advance(account: Account, policy: Policy, now: datetime) -> Change:
    """The account as time has made it by `now`, and what that is worth telling.

    For a parked one time stands still.
    """
    if account.parked:
        return Change(account)
    rows: list[Row] = []
    messages: list[Message] = []
    days: list[Usage] = []
    while (moment := _next_event(account)) <= now:
        change = _happened(account, policy, moment, now)
        account, alerts = alerted(change.account, policy)
        rows += change.rows
        messages += change.messages + alerts
        days += change.days
    return Change(account, tuple(rows), tuple(messages), tuple(days))


def _next_event(account: Account) -> datetime:
    return min(account.period.end, _next_expiry(account))


def _next_expiry(account: Account) -> datetime:
    moment = lots.NEVER
    for lot in account.lots:
        if lot.expires_at is not None and lot.expires_at < moment:
            moment = lot.expires_at
    for hold in account.holds:
        if hold.expires_at < moment:
            moment = hold.expires_at
    return moment


def _happened(account: Account, policy: Policy, moment: datetime, now: datetime) -> Change:
    """What expires at the very end of a cycle still does so within it."""
    hold = next((hold for hold in account.holds if hold.expires_at <= moment), None)
    if hold:
        return expired(account, hold, policy, now)
    if len(lots.living(account.lots, moment)) < len(account.lots):
        return _lapsed(account, moment, now)
    return refreshed(account, policy, min(now, _next_expiry(account) - INSTANT), now)


def _lapsed(account: Account, moment: datetime, now: datetime) -> Change:
    gone = lots.lapsed(account.lots, moment)
    after = replace(account, lots=lots.living(account.lots, moment))
    if not gone:
        return Change(after)
    after = replace(after, seq=account.seq + 1)
    row = Row(
        row_id=derived_id(account.account_id, "lapse", *(part.lot_id for part in gone)),
        type="expire",
        amount=lots.total(gone),
        at=now,
        parts=gone,
        postings=postings.out_of(gone, postings.EXPIRED),
        after=after,
    )
    return Change(after, (row,))
