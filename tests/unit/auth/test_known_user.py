"""A first sign-in among others: whoever is slower looks again, and gives up in the end."""

from datetime import datetime, timedelta

import pytest

from shared.auth.models import Identity
from shared.auth.registration import ATTEMPTS, Registration
from shared.auth.user_rows import Claim, Known
from shared.auth.user_store import Documents, Users
from shared.kernel.errors import DependencyUnavailable, StaleSignIn
from shared.platform.firestore import AlreadyThere, ChangedMeanwhile
from tests.builders import NEW_YEAR

ME = Identity("https://x.example", "me", "demo-app", NEW_YEAR, "me@x.example", email_verified=True)


class Crowded(Users):
    """Users whose writes fail some times before they succeed."""

    def __init__(self, *failures: type[Exception], owner: str | None = None) -> None:
        self.failures = list(failures)
        self.owner = owner
        self.found: dict[Identity, str] = {}

    def known(self, identity: Identity) -> Known | None:
        user_id = self.found.get(identity)
        return Known(user_id, identity.email, identity.email_verified, None) if user_id else None

    def claim(self, email: str) -> Claim:
        return Claim("email_claims/x", self.owner, None)

    def register(
        self,
        user_id: str,
        identity: Identity,
        claim: Claim | None,
        now: datetime,
        others: Documents = (),
    ) -> None:
        self.link(user_id, identity, now)

    def link(self, user_id: str, identity: Identity, now: datetime) -> None:
        if self.failures:
            raise self.failures.pop(0)
        self.found[identity] = user_id


def user_of(users: Users, now: datetime = NEW_YEAR) -> str:
    registration = Registration(users, {}, lambda *_: (), lambda: now, wait=lambda _: None)
    return registration.user_of(ME)


@pytest.mark.parametrize("owner", [None, "somebody"])
@pytest.mark.parametrize("failure", [AlreadyThere, ChangedMeanwhile])
def test_whoever_was_slower_looks_again(failure: type[Exception], owner: str | None) -> None:
    users = Crowded(failure, failure, failure, owner=owner)
    found = user_of(users)
    assert found == users.found[ME]
    assert owner in (None, found)


def test_whoever_is_always_slower_is_asked_to_come_again() -> None:
    with pytest.raises(DependencyUnavailable):
        user_of(Crowded(*[AlreadyThere] * ATTEMPTS))


@pytest.mark.parametrize(("ago", "linked"), [(299, True), (300, True), (301, False)])
def test_a_sign_in_is_fresh_for_five_minutes(ago: int, linked: bool) -> None:
    now, users = NEW_YEAR + timedelta(seconds=ago), Crowded(owner="somebody")
    if linked:
        assert user_of(users, now) == "somebody"
    else:
        with pytest.raises(StaleSignIn):
            user_of(users, now)
    assert bool(users.found) is linked
