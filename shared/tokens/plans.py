"""Another tier, other limits. What was spent is never rewritten."""

from dataclasses import replace
from datetime import datetime

from shared.kernel.errors import FieldError, ValidationFailed
from shared.kernel.ids import derived_id
from shared.tokens import lots, postings
from shared.tokens.commands import ChangePlan, SetLimits
from shared.tokens.models import INCLUDED, Account, Limits, Part, Policy
from shared.tokens.rows import Change, Row

PLAN_CHANGE = "plan_change"


def plan_changed(account: Account, command: ChangePlan, policy: Policy, now: datetime) -> Change:
    """A larger tier grants the difference at once; a smaller one starts with the next cycle.

    Raises ValidationFailed for a tier that the settings do not know.
    """
    if command.tier not in policy.tiers:
        raise ValidationFailed([FieldError("/tier", "unknown_value")])
    more = policy.tiers[command.tier].included - account.included
    repaid = min(account.debt, max(0, more))
    after = replace(account, pending_tier=command.tier, seq=account.seq + 1)
    if more >= 0:
        after = _upgraded(after, command.tier, more, repaid)
    parts = (Part(INCLUDED, INCLUDED, more - repaid),) if more > repaid else ()
    row = Row(
        row_id=derived_id(account.account_id, command.operation),
        type=PLAN_CHANGE,
        amount=max(0, more),
        at=now,
        parts=parts,
        postings=postings.into(parts, postings.ISSUED, repaid),
        after=after,
        metadata={
            "from": account.tier,
            "to": command.tier,
            "atOnce": more >= 0,
            "by": command.by,
        },
    )
    return Change(after, (row,))


def limits_set(account: Account, command: SetLimits, now: datetime) -> Change:
    limits = Limits(command.overage, command.cap, command.member_caps)
    after = replace(account, limits=limits, seq=account.seq + 1)
    row = Row(
        row_id=derived_id(account.account_id, command.operation),
        type=PLAN_CHANGE,
        amount=0,
        at=now,
        parts=(),
        postings=(),
        after=after,
        metadata={
            "overage": command.overage,
            "cap": command.cap,
            "memberCaps": len(command.member_caps),
            "by": command.by,
        },
    )
    return Change(after, (row,))


def _upgraded(account: Account, tier: str, more: int, repaid: int) -> Account:
    lot = lots.new_lot(INCLUDED, INCLUDED, more - repaid)
    return replace(
        account,
        tier=tier,
        included=account.included + more,
        lots=lots.put(account.lots, lot),
        debt=account.debt - repaid,
        pending_tier=None,
    )
