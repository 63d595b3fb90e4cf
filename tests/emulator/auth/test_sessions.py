"""Sessions on a real store: begun, refreshed, ended, and what each of that costs."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from google.cloud import firestore

from scripts.suite.counting import Costs, counted_client
from shared.auth.models import Caller, Member
from shared.auth.sessions import Granted
from shared.kernel.errors import (
    Forbidden,
    InvalidCredentials,
    NotFound,
    SessionRevoked,
    ValidationFailed,
)
from shared.wiring import Wiring
from tests.builders import claims, unique, unsigned_token
from tests.emulator.auth.conftest import sign_in
from tests.emulator.conftest import SetClock

HERE, ELSEWHERE = "here", "elsewhere"
Instances = Callable[[int], list[Wiring]]


def begin(wiring: Wiring, caller: Caller | None = None, tenant: str | None = None) -> Granted:
    return wiring.sessions.begin(caller or sign_in(wiring), "demo-app", tenant, HERE)


def refresh(wiring: Wiring, granted: Granted, client: str = HERE) -> Granted:
    return wiring.sessions.refresh(granted.refresh_token, None, client)


def caller(wiring: Wiring, granted: Granted) -> Caller:
    return wiring.auth.caller_with_token(granted.access_token)


def refused(wiring: Wiring, granted: Granted) -> str:
    """Why neither token of the session is taken any more."""
    with pytest.raises(SessionRevoked):
        caller(wiring, granted)
    with pytest.raises(SessionRevoked) as why:
        refresh(wiring, granted)
    return why.value.reason


def member(wiring: Wiring, tenant: str, role: str) -> Caller:
    found = sign_in(wiring)
    wiring.tenants.put_member(Member(tenant, str(found.user_id), (role,)))
    return found


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


def test_sessions_are_listed_for_their_user_newest_first_in_pages(wiring: Wiring) -> None:
    me = sign_in(wiring)
    begun = [begin(wiring, me).session.session_id for _ in range(5)]
    begin(wiring)
    found, cursor = [], None
    for _ in range(3):
        page = wiring.session_list.page(me, 2, cursor)
        found += [session.session_id for session in page.items]
        cursor = page.next_cursor
    assert (found, cursor) == (begun[::-1], None)


def test_one_session_is_ended_and_the_others_live(wiring: Wiring) -> None:
    me = sign_in(wiring)
    gone, stays = begin(wiring, me), begin(wiring, me)
    wiring.session_list.end(me, gone.session.session_id)
    wiring.session_list.end(me, gone.session.session_id)
    assert refused(wiring, gone) == "session_ended"
    assert caller(wiring, stays) == me
    assert [s.session_id for s in wiring.session_list.page(me, 10, None).items] == [
        stays.session.session_id
    ]


def test_the_current_session_is_that_of_the_token(wiring: Wiring) -> None:
    me = sign_in(wiring)
    gone = begin(wiring, me)
    wiring.session_list.end(caller(wiring, gone), "current")
    assert refused(wiring, gone) == "session_ended"
    with pytest.raises(NotFound):
        wiring.session_list.end(me, "current")


def test_nobody_ends_somebody_else_s(wiring: Wiring) -> None:
    granted = begin(wiring)
    for session_id in (granted.session.session_id, unique("session")):
        with pytest.raises(NotFound):
            wiring.session_list.end(sign_in(wiring), session_id)
    assert caller(wiring, granted)


def test_signing_out_everywhere_ends_what_was_made_in_the_same_second(
    wiring: Wiring, instances: Instances, clock: SetClock
) -> None:
    clock.moment = wiring.clock().replace(microsecond=0)
    uid = unique("uid")
    old = unsigned_token(claims(clock.moment, sub=uid))
    me = wiring.auth.caller_with_token(old)
    sessions = [begin(wiring, me), begin(wiring, me)]
    clock.moment += timedelta(milliseconds=900)
    wiring.session_list.end_all(me)
    for instance in (wiring, *instances(1)):
        assert {refused(instance, granted) for granted in sessions} == {"epoch:sessions"}
        with pytest.raises(SessionRevoked):
            instance.auth.caller_with_token(old)
    clock.moment += timedelta(milliseconds=100)
    again = wiring.auth.caller_with_token(unsigned_token(claims(clock.moment, sub=uid)))
    assert caller(wiring, begin(wiring, again)) == me


def test_who_signed_out_elsewhere_begins_no_session_where_they_are_remembered(
    wiring: Wiring, instances: Instances
) -> None:
    here = instances(1)[0]
    token = unsigned_token(claims(wiring.clock(), sub=unique("uid")))
    remembered = here.auth.caller_with_token(token)
    wiring.session_list.end_all(remembered)
    assert here.auth.caller_with_token(token) == remembered
    with pytest.raises(SessionRevoked):
        begin(here, remembered)


ENDINGS: dict[str, tuple[str, Any]] = {
    "user disabled": ("users/{user}", {"status": "disabled"}),
    "user deleted": ("users/{user}", None),
    "user's epoch": ("users/{user}", {"epoch": 1}),
    "tenant suspended": ("tenants/{tenant}", {"status": "suspended"}),
    "tenant's epoch": ("tenants/{tenant}", {"epoch": 1}),
}


@pytest.mark.parametrize(("path", "change"), ENDINGS.values(), ids=ENDINGS.keys())
def test_who_is_gone_is_refused_everywhere_with_every_token(
    wiring: Wiring, instances: Instances, path: str, change: dict[str, Any] | None
) -> None:
    tenant = unique("tenant")
    wiring.tenants.put_tenant(tenant, tenant, "T", ["SMP"])
    me = member(wiring, tenant, "owner")
    granted = begin(wiring, me, tenant)
    document: firestore.DocumentReference = wiring.hub.document(
        path.format(user=me.user_id, tenant=tenant)
    )
    document.update(change) if change else document.delete()
    instance = instances(1)[0]
    assert refused(instance, granted).startswith("epoch:")
    if "epoch" not in (change or {}):
        with pytest.raises(SessionRevoked):
            acts_with_id_token(instance, me, tenant)


def acts_with_id_token(wiring: Wiring, me: Caller, tenant: str) -> None:
    assert me.identity
    token = unsigned_token(claims(wiring.clock(), sub=me.identity.subject))
    wiring.auth.require(wiring.auth.caller_with_token(token), "events:event:read", tenant)


def test_a_suspended_member_has_no_roles(wiring: Wiring, instances: Instances) -> None:
    tenant = unique("tenant")
    me = member(wiring, tenant, "owner")
    wiring.hub.document(f"tenants/{tenant}/members/{me.user_id}").update({"status": "suspended"})
    with pytest.raises(Forbidden):
        wiring.auth.require(me, "events:event:read", tenant)
    with pytest.raises(NotFound):
        begin(instances(1)[0], me, tenant)


@pytest.mark.parametrize("change", [{"status": "suspended"}, None], ids=["suspended", "removed"])
def test_who_has_left_a_tenant_gets_no_more_tokens_that_name_it(
    wiring: Wiring, change: dict[str, Any] | None
) -> None:
    tenant = unique("tenant")
    me = member(wiring, tenant, "owner")
    granted = begin(wiring, me, tenant)
    document = wiring.hub.document(f"tenants/{tenant}/members/{me.user_id}")
    document.update(change) if change else document.delete()
    with pytest.raises(SessionRevoked):
        refresh(wiring, granted)
    wiring.tenants.put_member(Member(tenant, str(me.user_id), ("viewer",)))
    document.update({"status": "active"})
    assert refresh(wiring, granted).roles == ("viewer",)


class Counted(Wiring):
    """An instance that remembers nothing yet, and whose calls are counted."""

    def __init__(self, wiring: Wiring, costs: Costs) -> None:
        super().__init__(wiring.settings, wiring.clock)
        self._costs = costs

    def firestore(self, project: str) -> firestore.Client:
        return counted_client(project, self._costs)


def test_recognising_a_caller_costs_one_call_and_then_none(wiring: Wiring) -> None:
    uid = unique("uid")
    id_token = unsigned_token(claims(wiring.clock(), sub=uid))
    access_token = begin(wiring, wiring.auth.caller_with_token(id_token)).access_token
    for token, calls, reads in ((id_token, 1, 1), (access_token, 1, 2)):
        costs = Costs()
        instance = Counted(wiring, costs)
        instance.auth.caller_with_token(token)
        assert costs.as_tuple() == (calls, reads, 0)
        instance.auth.caller_with_token(token)
        assert costs.as_tuple() == (calls, reads, 0)


@pytest.mark.parametrize(("tenant", "reads"), [(False, 2), (True, 4)])
def test_a_refresh_costs_two_calls(wiring: Wiring, tenant: bool, reads: int) -> None:
    name, costs = unique("tenant"), Costs()
    granted = begin(wiring, member(wiring, name, "owner") if tenant else sign_in(wiring))
    instance = Counted(wiring, costs)
    refresh(instance, granted)
    assert costs.as_tuple() == (2, reads, 1)


@pytest.mark.parametrize("text", ["", "x", "hy_rt_live_AAAA", "hy_rt_dev_AAAA"])
def test_what_is_no_token_costs_no_call(wiring: Wiring, text: str) -> None:
    costs = Costs()
    with pytest.raises(InvalidCredentials):
        Counted(wiring, costs).sessions.refresh(text, None, HERE)
    assert costs.calls == 0
