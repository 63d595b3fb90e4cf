"""The claim `tenants` on the Auth emulator's accounts, as members come and go."""

from collections.abc import Mapping
from typing import Any

import pytest
from firebase_admin import auth

from shared.auth.claims import MemberClaims
from shared.auth.models import Caller, Member
from shared.auth.vendors.firebase import FirebaseAccounts, _app
from shared.wiring import Wiring
from tests.builders import unique
from tests.emulator.auth.conftest import sign_in


def person(wiring: Wiring) -> tuple[Caller, str]:
    """Somebody with an account in `demo-app`."""
    subject = auth.create_user(uid=unique("uid"), app=_app("demo-app")).uid
    return sign_in(wiring, sub=subject), subject


def claims(subject: str) -> Mapping[str, Any]:
    return auth.get_user(subject, _app("demo-app")).custom_claims or {}


def put(wiring: Wiring, who: Caller, *roles: str) -> str:
    tenant = unique("tenant")
    wiring.tenants.put_member(Member(tenant, str(who.user_id), roles))
    return tenant


def test_the_claims_follow_what_somebody_is_a_member_of(wiring: Wiring) -> None:
    who, subject = person(wiring)
    auth.set_custom_user_claims(subject, {"theirs": 1}, _app("demo-app"))
    tenants = put(wiring, who, "editor"), put(wiring, who, "viewer", "owner")
    wiring.member_claims.tell(str(who.user_id))
    assert claims(subject) == {
        "theirs": 1,
        "tenants": dict(zip(tenants, ("editor", "owner"), strict=True)),
    }
    wiring.hub.document(f"tenants/{tenants[1]}/members/{who.user_id}").delete()
    wiring.member_claims.tell(str(who.user_id))
    assert claims(subject) == {"theirs": 1, "tenants": {tenants[0]: "editor"}}


def test_who_is_in_too_many_tenants_has_no_claim_of_any(wiring: Wiring) -> None:
    who, subject = person(wiring)
    for _ in range(40):
        put(wiring, who, "viewer")
    wiring.member_claims.tell(str(who.user_id))
    assert claims(subject) == {}


class Overtaken(FirebaseAccounts):
    """While one writes, somebody else changes the membership and writes what they found."""

    def __init__(self, wiring: Wiring, member: Member) -> None:
        self.wiring, self.member = wiring, member

    def put_claims(self, project: str, subject: str, stated: Mapping[str, Any]) -> None:
        if self.member.roles:
            member, self.member = self.member, Member("", "", ())
            self.wiring.tenants.put_member(member)
            self.wiring.member_claims.tell(member.user_id)
        super().put_claims(project, subject, stated)


def test_whoever_writes_last_writes_the_newest(wiring: Wiring) -> None:
    who, subject = person(wiring)
    tenant = put(wiring, who, "owner")
    demoted = Member(tenant, str(who.user_id), ("viewer",))
    accounts = Overtaken(Wiring(wiring.settings), demoted)
    late = MemberClaims(wiring.users, wiring.tenants, accounts, {"demo-app"})
    late.tell(str(who.user_id))
    assert claims(subject) == {"tenants": {tenant: "viewer"}}


def test_an_account_that_is_gone_is_passed_over(wiring: Wiring) -> None:
    who = sign_in(wiring)
    put(wiring, who, "viewer")
    wiring.member_claims.tell(str(who.user_id))
    wiring.member_claims.tell(unique("nobody"))


@pytest.mark.parametrize("roles", [("waiter",), ()])
def test_a_custom_role_alone_is_no_claim(wiring: Wiring, roles: tuple[str, ...]) -> None:
    who, subject = person(wiring)
    put(wiring, who, *roles)
    wiring.member_claims.tell(str(who.user_id))
    assert claims(subject) == {}
