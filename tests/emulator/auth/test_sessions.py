"""Sessions on a real store: begun in a tenant, refreshed, and ended by what is used twice."""

from datetime import timedelta

import pytest

from shared.auth.models import Member
from shared.kernel.errors import (
    Forbidden,
    InvalidCredentials,
    NotFound,
    SessionRevoked,
    ValidationFailed,
)
from shared.wiring import Wiring
from tests.builders import unique
from tests.emulator.auth.conftest import Instances, sign_in
from tests.emulator.auth.sessions import ELSEWHERE, HERE, begin, caller, member, refresh, refused
from tests.emulator.conftest import SetClock


def test_a_session_is_its_user_in_one_product(wiring: Wiring) -> None:
    me = sign_in(wiring, email="me@x.example", name="Me")
    granted = begin(wiring, me)
    found = caller(wiring, granted)
    assert found == me
    assert found.access
    assert (found.access.audience, found.access.session_id) == (
        "demo-app",
        granted.session.session_id,
    )
    assert (granted.expires_in, granted.refresh_expires_in) == (300, 7 * 86400)
    assert (granted.profile["email"], granted.profile["displayName"]) == ("me@x.example", "Me")


def test_nothing_secret_is_stored(wiring: Wiring) -> None:
    granted = begin(wiring)
    stored = wiring.hub.document(f"sessions/{granted.session.session_id}").get().to_dict()
    secret = granted.refresh_token.rsplit("_", 1)[1]
    assert not any(secret[at : at + 12] in repr(stored) for at in range(0, len(secret) - 12))


def test_it_acts_in_the_tenant_it_was_begun_for(wiring: Wiring) -> None:
    mine, other = unique("tenant"), unique("tenant")
    me = member(wiring, mine, "viewer")
    wiring.tenants.put_member(Member(other, str(me.user_id), ("owner",)))
    granted = begin(wiring, me, other)
    assert granted.roles == ("owner",)
    assert wiring.auth.tenant_of(caller(wiring, granted), None) == other
    assert refresh(wiring, granted).roles == ("owner",)


def test_without_a_name_it_acts_in_the_only_tenant(wiring: Wiring) -> None:
    tenant = unique("tenant")
    granted = begin(wiring, member(wiring, tenant, "editor"))
    assert (granted.session.tenant_id, granted.roles) == (tenant, ("editor",))
    assert begin(wiring).session.tenant_id is None


@pytest.mark.parametrize("tenant", ["nowhere", "theirs"])
def test_nobody_begins_one_in_a_foreign_tenant(wiring: Wiring, tenant: str) -> None:
    theirs = unique("tenant")
    member(wiring, theirs, "owner")
    with pytest.raises(NotFound):
        begin(wiring, sign_in(wiring), theirs if tenant == "theirs" else unique("tenant"))


@pytest.mark.parametrize("audience", ["demo-evil", "app", "", "DEMO-APP"])
def test_an_audience_is_a_registered_project(wiring: Wiring, audience: str) -> None:
    with pytest.raises(ValidationFailed):
        wiring.sessions.begin(sign_in(wiring), audience, None, HERE)


def test_only_a_sign_in_begins_a_session(wiring: Wiring) -> None:
    with pytest.raises(InvalidCredentials):
        begin(wiring, caller(wiring, begin(wiring)))
    with pytest.raises(Forbidden):
        begin(wiring, sign_in(wiring, firebase={"sign_in_provider": "anonymous"}))


def test_a_lost_answer_is_given_again_and_then_the_session_ends(wiring: Wiring) -> None:
    first = begin(wiring)
    second = refresh(wiring, first)
    for _ in range(3):
        assert refresh(wiring, first).refresh_token == second.refresh_token
    with pytest.raises(SessionRevoked):
        refresh(wiring, first)
    assert refused(wiring, second) == "session_ended"


def test_a_token_two_generations_old_ends_the_session_on_every_instance(
    wiring: Wiring, instances: Instances
) -> None:
    first = begin(wiring)
    third = refresh(wiring, refresh(wiring, first))
    with pytest.raises(SessionRevoked):
        refresh(instances(1)[0], first)
    assert refused(instances(1)[0], third) == "session_ended"


@pytest.mark.parametrize(("client", "audience"), [(ELSEWHERE, None), (HERE, "demo-bo")])
def test_a_token_in_foreign_hands_ends_the_session(
    wiring: Wiring, client: str, audience: str | None
) -> None:
    first = begin(wiring)
    second = refresh(wiring, first)
    with pytest.raises(SessionRevoked):
        wiring.sessions.refresh(first.refresh_token, audience, client)
    assert refused(wiring, second) == "session_ended"


def test_after_seven_days_without_use_it_is_over(wiring: Wiring, clock: SetClock) -> None:
    clock.moment = wiring.clock()
    granted = begin(wiring)
    clock.moment += timedelta(days=7)
    with pytest.raises(SessionRevoked):
        refresh(wiring, granted)


def test_no_access_token_outlives_its_session(wiring: Wiring, clock: SetClock) -> None:
    clock.moment = wiring.clock().replace(microsecond=0)
    granted = begin(wiring)
    for days in (6, 12, 18, 24, 30):
        clock.moment = granted.session.created_at + timedelta(days=days, seconds=-100)
        granted = refresh(wiring, granted)
    assert (granted.expires_in, granted.refresh_expires_in) == (100, 100)
