"""Whose identity it is: a known user's, linked by a verified e-mail, or that of a new one."""

from collections.abc import Callable
from contextlib import suppress
from datetime import datetime, timedelta

from shared.auth.models import Identity
from shared.auth.store import Users
from shared.kernel.errors import DependencyUnavailable, StaleSignIn
from shared.kernel.ids import new_id
from shared.platform.firestore import AlreadyThere, ChangedMeanwhile, pause

FRESH_SIGN_IN = timedelta(minutes=5)
ATTEMPTS = 8


def known_user(
    users: Users, identity: Identity, now: datetime, wait: Callable[[int], None] = pause
) -> str:
    """The user of an identity: known, linked by a verified e-mail, or registered."""
    for attempt in range(ATTEMPTS):
        # Somebody else may be registering the identity, or claiming its e-mail: look again.
        with suppress(AlreadyThere, ChangedMeanwhile):
            return users.id_of(identity) or _first_seen(users, identity, now)
        wait(attempt)
    raise DependencyUnavailable(reason="contention")


def _first_seen(users: Users, identity: Identity, now: datetime) -> str:
    verified = identity.email if identity.email_verified else None
    owner = users.id_of_email(verified) if verified else None
    if owner is None:
        user_id = new_id()
        users.register(user_id, identity)
        return user_id
    if now - identity.auth_time > FRESH_SIGN_IN:
        raise StaleSignIn("Sign in again to link this account.", reason="stale_link")
    users.link(owner, identity)
    return owner
