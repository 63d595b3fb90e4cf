"""Whose identity it is: a known user's, linked by a verified e-mail, or that of a new one."""

from collections.abc import Callable, Mapping
from contextlib import suppress
from datetime import datetime, timedelta

from shared.auth.models import Identity
from shared.auth.user_rows import Claim, Known
from shared.auth.user_store import Documents, Users
from shared.kernel.clock import Clock
from shared.kernel.errors import DependencyUnavailable, StaleSignIn
from shared.kernel.ids import new_id
from shared.platform.firestore import AlreadyThere, ChangedMeanwhile, pause

FRESH_SIGN_IN = timedelta(minutes=5)
ATTEMPTS = 8
Welcome = Callable[[str, Identity, str | None, datetime], Documents]


class Registration:
    """`home_tenants` has where a project's newcomers belong.

    `welcome` makes the documents that come with a user: of user, identity, tenant and time.
    """

    def __init__(
        self,
        users: Users,
        home_tenants: Mapping[str, str],
        welcome: Welcome,
        clock: Clock,
        wait: Callable[[int], None] = pause,
    ) -> None:
        self._users = users
        self._home_tenants = home_tenants
        self._welcome = welcome
        self._clock = clock
        self._wait = wait

    def user_of(self, identity: Identity, held: Known | None = None) -> str:
        """`held` is what a user has of it; raises StaleSignIn where only a fresh one links it."""
        if held and _settled(held, identity, self._clock()):
            return held.user_id
        for attempt in range(ATTEMPTS):
            # Somebody else may be registering the identity, or claiming its e-mail: look again.
            with suppress(AlreadyThere, ChangedMeanwhile):
                return self._user_of(identity, self._clock())
            self._wait(attempt)
        raise DependencyUnavailable(reason="contention")

    def _user_of(self, identity: Identity, now: datetime) -> str:
        known = self._users.known(identity)
        if known and _settled(known, identity, now):
            return known.user_id
        claim = self._claim(identity)
        if known:
            return self._restated(known, identity, claim, now)
        if claim is None or claim.user_id is None:
            return self._registered(identity, claim, now)
        if not _fresh(identity, now):
            raise StaleSignIn("Sign in again to link this account.", reason="stale_link")
        self._users.link(claim.user_id, identity, now)
        return claim.user_id

    def _claim(self, identity: Identity) -> Claim | None:
        verified = identity.email if identity.email_verified else None
        return self._users.claim(verified) if verified else None

    def _restated(
        self, known: Known, identity: Identity, claim: Claim | None, now: datetime
    ) -> str:
        """A user who is gone stays gone, whatever the identity says."""
        if self._users.get(known.user_id) is None:
            return known.user_id
        return self._users.restate(known, identity, claim, now)

    def _registered(self, identity: Identity, claim: Claim | None, now: datetime) -> str:
        user_id, tenant_id = new_id(), self._home_tenants.get(identity.project)
        others = self._welcome(user_id, identity, tenant_id, now)
        self._users.register(user_id, identity, claim, now, others)
        return user_id


def _settled(known: Known, identity: Identity, now: datetime) -> bool:
    """Whether nothing is new, or nothing that so old a sign-in may change."""
    return known.says(identity) or not _fresh(identity, now)


def _fresh(identity: Identity, now: datetime) -> bool:
    return now - identity.auth_time <= FRESH_SIGN_IN
