"""Sessions: how long they live, and what becomes of one when a refresh token is presented.

Rotation with one living successor (RFC 9700, section 4.14.2). A client that lost the answer may ask
again: within ten seconds, three times, from where it asked before. Anything else ends the session.
"""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import NamedTuple

IDLE = timedelta(days=7)
ABSOLUTE = timedelta(days=30)
GRACE = timedelta(seconds=10)
MOST_GRACE = 3


@dataclass(frozen=True, slots=True)
class Session:
    """One sign-in in one product; `counter` is that of the refresh token that is good now.

    `client` says from where it was refreshed last, `grace_used` how often the token before was
    taken again. It ends when its own epoch, or its user's, is not the one it began with.
    """

    session_id: str
    user_id: str
    audience: str
    tenant_id: str | None
    tenant_epoch: int
    user_epoch: int
    auth_time: datetime
    created_at: datetime
    rotated_at: datetime
    idle_expires_at: datetime
    absolute_expires_at: datetime
    client: str
    counter: int = 0
    grace_used: int = 0
    epoch: int = 0
    active: bool = True


class Presented(NamedTuple):
    """A refresh token as it was presented: when, from where, and in whose name if they said so."""

    counter: int
    client: str
    audience: str | None
    at: datetime


class Verdict(NamedTuple):
    """What the session is now. `reason` says why it ended; `changed`, whether to write it.

    `again` is a counted repetition of what was answered before.
    """

    session: Session
    changed: bool = False
    reason: str = ""
    again: bool = False


def opened(
    ids: tuple[str, str, str | None],
    epochs: tuple[int, int],
    audience: str,
    auth_time: datetime,
    client: str,
    now: datetime,
) -> Session:
    """A new session; `ids` are its own, its user's and its tenant's, `epochs` the latter two's."""
    session_id, user_id, tenant_id = ids
    user_epoch, tenant_epoch = epochs
    return Session(
        session_id=session_id,
        user_id=user_id,
        audience=audience,
        tenant_id=tenant_id,
        tenant_epoch=tenant_epoch,
        user_epoch=user_epoch,
        auth_time=auth_time,
        created_at=now,
        rotated_at=now,
        idle_expires_at=expiry(now, now),
        absolute_expires_at=now + ABSOLUTE,
        client=client,
    )


def expiry(created_at: datetime, now: datetime) -> datetime:
    """Seven days after its last use, thirty after its first."""
    return min(now + IDLE, created_at + ABSOLUTE)


def judge(session: Session, shown: Presented, changed_at: datetime) -> Verdict:
    """`changed_at` is when the session was stored as it is.

    Whoever asked before that has lost a race with themself, which is no reuse and not counted.
    """
    if not alive(session, shown.at):
        return Verdict(session, reason="session_ended")
    if reason := _abuse(session, shown):
        return _ended(session, reason)
    if shown.counter == session.counter:
        return Verdict(_rotated(session, shown), changed=True)
    if shown.at <= changed_at:
        return Verdict(session)
    if session.grace_used >= MOST_GRACE:
        return _ended(session, "refresh_grace")
    used = replace(session, grace_used=session.grace_used + 1)
    return Verdict(used, changed=True, again=True)


def alive(session: Session, now: datetime) -> bool:
    return session.active and now < min(session.idle_expires_at, session.absolute_expires_at)


def revoked(session: Session) -> Session:
    return replace(session, active=False, epoch=session.epoch + 1)


def _abuse(session: Session, shown: Presented) -> str:
    """Why a token cannot be its rightful client's; empty if it can."""
    if shown.audience not in (None, session.audience):
        return "refresh_audience"
    if shown.counter == session.counter:
        return ""
    if shown.counter != session.counter - 1 or shown.at - session.rotated_at > GRACE:
        return "refresh_reused"
    return "" if shown.client == session.client else "refresh_client"


def _rotated(session: Session, shown: Presented) -> Session:
    return replace(
        session,
        counter=session.counter + 1,
        grace_used=0,
        client=shown.client,
        rotated_at=shown.at,
        idle_expires_at=expiry(session.created_at, shown.at),
    )


def _ended(session: Session, reason: str) -> Verdict:
    return Verdict(revoked(session), changed=True, reason=reason)
