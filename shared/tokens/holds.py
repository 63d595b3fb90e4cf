"""Holds: tokens set aside, then settled, voided or expired, of which exactly one happens.

The row that ends a hold has an id made of the hold's, so the three exclude each other in the store
as well. What was held of an older cycle's included tokens does not come back.
"""

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime
from operator import attrgetter

from shared.kernel.errors import Conflict, NotFound
from shared.kernel.ids import derived_id
from shared.tokens import lots, postings
from shared.tokens.commands import PlaceHold, Settle, Void
from shared.tokens.lots import Parts
from shared.tokens.models import Account, Hold, Policy, Usage
from shared.tokens.rows import Change, Row
from shared.tokens.spending import taken, used

MAX_HOLDS = 200


def placed(account: Account, command: PlaceHold, now: datetime) -> Change:
    """Tokens leave their lots for a hold; never more than are there, whatever the overage."""
    if len(account.holds) >= MAX_HOLDS:
        raise Conflict("Too many holds are open.", reason="holds")
    hold_id = derived_id(account.account_id, command.operation)
    rest = taken(account, command.amount, command.actor, overage=False)
    expires_at = now + command.ttl
    hold = Hold(hold_id, rest.parts, expires_at, account.period.n, command.task_type, command.actor)
    after = replace(
        account,
        lots=rest.lots,
        holds=tuple(sorted((*account.holds, hold), key=attrgetter("hold_id"))),
        member_used=rest.member_used,
        seq=account.seq + 1,
    )
    row = Row(
        row_id=hold_id,
        type="hold",
        amount=command.amount,
        at=now,
        parts=rest.parts,
        postings=postings.out_of(rest.parts, postings.HELD),
        after=after,
        task_type=command.task_type,
        actor=command.actor,
        metadata={"expiresAt": expires_at},
    )
    return Change(after, (row,))


def settled(account: Account, command: Settle, policy: Policy, now: datetime) -> Change:
    """Spend of the hold, release the rest; what exceeds the hold is charged as the policy says."""
    hold = _open(account, command.hold_id)
    amount = command.amount if policy.overrun == "charge" else min(command.amount, hold.amount)
    return _ended(account, hold, amount, "settle", now)


def voided(account: Account, command: Void, now: datetime) -> Change:
    """Release the hold."""
    return _ended(account, _open(account, command.hold_id), 0, "void", now)


def expired(account: Account, hold: Hold, policy: Policy, now: datetime) -> Change:
    """Time is up: the hold costs nothing, or all of it, as the policy says."""
    amount = hold.amount if policy.expiry == "full" else 0
    return _ended(account, hold, amount, "expire", now)


def resolution_id(account_id: str, hold_id: str) -> str:
    """Where the row stands that ended a hold, however it ended."""
    return derived_id(account_id, "resolve", hold_id)


def require_unexpired(before: Account, after: Account, hold_id: str) -> None:
    """Raises Conflict for a hold that time has ended just now."""
    if _found(before, hold_id) and not _found(after, hold_id):
        raise Conflict("The hold has expired.", reason="hold_expired")


def _open(account: Account, hold_id: str) -> Hold:
    """A hold that is neither open nor in the ledger as ended has never been."""
    found = _found(account, hold_id)
    if found is None:
        raise NotFound("There is no such hold.", reason="hold")
    return found


def _found(account: Account, hold_id: str) -> Hold | None:
    return next((hold for hold in account.holds if hold.hold_id == hold_id), None)


def _ended(account: Account, hold: Hold, amount: int, kind: str, now: datetime) -> Change:
    spent, rest = lots.first(hold.parts, amount)
    back, gone = lots.returned(account.lots, rest, hold.cycle == account.period.n)
    released = _released(account, hold, back)
    more = taken(released, max(0, amount - hold.amount), None, overage=True, forced=True)
    usage, days = _used(account, hold, amount, now)
    after = replace(
        released,
        lots=more.lots,
        debt=released.debt + more.owed,
        total_used=account.total_used + amount,
        member_used=_member_used(account, hold, amount),
        usage=usage,
        seq=account.seq + 1,
    )
    row = Row(
        row_id=resolution_id(account.account_id, hold.hold_id),
        type=kind,
        amount=amount,
        at=now,
        parts=(*spent, *more.parts),
        postings=_postings(hold, back, gone, more.parts, more.owed, amount),
        after=after,
        task_type=hold.task_type,
        actor=hold.actor,
        metadata={"released": lots.total(back)},
        reference=hold.hold_id,
    )
    return Change(after, (row,), days=days)


def _used(
    account: Account, hold: Hold, amount: int, now: datetime
) -> tuple[Usage | None, tuple[Usage, ...]]:
    """Spent now, or when the hold expired; nothing was if it was released."""
    if not amount:
        return account.usage, ()
    return used(account.usage, min(now, hold.expires_at), hold.task_type, amount)


def _released(account: Account, hold: Hold, back: Parts) -> Account:
    others = tuple(known for known in account.holds if known.hold_id != hold.hold_id)
    return replace(account, holds=others, lots=lots.put_back(account.lots, back))


def _member_used(account: Account, hold: Hold, amount: int) -> Mapping[str, int]:
    """A member's hold counted in full in its cycle; now it counts as what it cost."""
    if hold.actor is None:
        return account.member_used
    counted = hold.amount if hold.cycle == account.period.n else 0
    before = account.member_used.get(hold.actor, 0)
    return {**account.member_used, hold.actor: before - counted + amount}


def _postings(
    hold: Hold, back: Parts, gone: Parts, more: Parts, owed: int, amount: int
) -> postings.Postings:
    return postings.balanced(
        [
            (postings.HELD, -hold.amount),
            *((f"user:{part.kind}", part.amount) for part in back),
            (postings.EXPIRED, lots.total(gone)),
            *((f"user:{part.kind}", -part.amount) for part in more),
            (postings.OWED, -owed),
        ],
        postings.CONSUMED,
    )
