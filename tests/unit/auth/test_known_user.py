"""A first sign-in among others: whoever is slower looks again, and gives up in the end."""

from datetime import datetime, timedelta

import pytest

from shared.auth import registration
from shared.auth.models import Identity
from shared.auth.registration import ATTEMPTS
from shared.auth.store import Users
from shared.kernel.errors import DependencyUnavailable, StaleSignIn
from shared.platform.firestore import AlreadyThere, ChangedMeanwhile
from tests.builders import NEW_YEAR

ME = Identity("https://x.example", "me", "demo-app", NEW_YEAR, "me@x.example", email_verified=True)


class Crowded(Users):
    """Users whose writes fail some times before they succeed."""

    def __init__(self, *failures: type[Exception], owner: str | None = None) -> None:
        self.failures = list(failures)
        self.owner = owner
        self.known: dict[Identity, str] = {}

    def id_of(self, identity: Identity) -> str | None:
        return self.known.get(identity)

    def id_of_email(self, email: str) -> str | None:
        return self.owner

    def register(self, user_id: str, identity: Identity) -> None:
        if self.failures:
            raise self.failures.pop(0)
        self.known[identity] = user_id

    link = register


def known_user(users: Users, identity: Identity, now: datetime) -> str:
    return registration.known_user(users, identity, now, wait=lambda attempt: None)


@pytest.mark.parametrize("owner", [None, "somebody"])
@pytest.mark.parametrize("failure", [AlreadyThere, ChangedMeanwhile])
def test_whoever_was_slower_looks_again(failure: type[Exception], owner: str | None) -> None:
    users = Crowded(failure, failure, failure, owner=owner)
    found = known_user(users, ME, NEW_YEAR)
    assert found == users.known[ME]
    assert owner in (None, found)


def test_whoever_is_always_slower_is_asked_to_come_again() -> None:
    with pytest.raises(DependencyUnavailable):
        known_user(Crowded(*[AlreadyThere] * ATTEMPTS), ME, NEW_YEAR)


@pytest.mark.parametrize(("ago", "linked"), [(299, True), (300, True), (301, False)])
def test_a_sign_in_is_fresh_for_five_minutes(ago: int, linked: bool) -> None:
    now, users = NEW_YEAR + timedelta(seconds=ago), Crowded(owner="somebody")
    if linked:
        assert known_user(users, ME, now) == "somebody"
    else:
        with pytest.raises(StaleSignIn):
            known_user(users, ME, now)
    assert bool(users.known) is linked
