"""The audit over HTTP: who reads it, and what it tells."""

import pytest

from shared.wiring import Wiring
from tests.emulator.entry.clients import AsUser, WithKey
from tests.emulator.entry.people import AUDIT, VERIFY, Tenant, audited, id_of
from tests.unit.entry.calls import code


@pytest.fixture
def tenant(wiring: Wiring, as_user: AsUser) -> Tenant:
    return audited(wiring, as_user)


def test_who_may_read_it_finds_it_newest_first(tenant: Tenant, with_key: WithKey) -> None:
    owner, seen, query = tenant.who["owner"], [], "?limit=10"
    for _ in range(3):
        page = owner.get(AUDIT + query).get_json()
        seen += page["items"]
        query = f"?limit=10&cursor={page['nextCursor']}"
    assert [entry["at"] for entry in seen] == sorted((e["at"] for e in seen), reverse=True)
    assert len({entry["entryId"] for entry in seen}) == 24
    assert {entry["actor"] for entry in seen} == {f"user:{tenant.ids['admin']}"}
    assert tenant.who["admin"].get(AUDIT).status_code == 200
    assert code(tenant.who["viewer"].get(AUDIT)) == code(tenant.who["viewer"].post(VERIFY))
    assert code(tenant.who["viewer"].get(AUDIT)) == (403, "forbidden")
    assert with_key("auth", None).get(AUDIT).status_code == 200
    stranger = with_key("auth", None).get(AUDIT + query.replace("limit=10&", ""))
    assert code(stranger) == (400, "invalid-request")


def test_what_happens_to_a_users_sessions_is_told_to_them(
    as_user: AsUser, with_key: WithKey
) -> None:
    me, other = as_user("auth"), as_user("auth")
    user_id = id_of(me)
    begun = me.send("POST", "/api/v1/auth/sessions", {"audience": "demo-app"}).get_json()
    assert me.delete(f"/api/v1/auth/sessions/{begun['sessionId']}").status_code == 204
    reused = {"refreshToken": begun["refreshToken"]}
    assert me.send("POST", "/api/v1/auth/sessions/refresh", reused).status_code == 401
    assert me.delete("/api/v1/auth/sessions").status_code == 204
    reader = with_key("auth", None)
    listed = reader.get(f"{AUDIT}?userId={user_id}").get_json()["items"]
    assert [entry["action"] for entry in listed] == [
        "session.end-all",
        "session.end",
        "session.begin",
        "identity.register",
    ]
    assert begun["refreshToken"] not in str(listed)
    found = reader.send("POST", VERIFY, {"userId": user_id}).get_json()
    assert found == {"valid": True, "entries": 4, "brokenAt": None}
    foreign = [other.get(f"{AUDIT}?userId={name}") for name in (user_id, "nobody")]
    assert {code(answer) for answer in foreign} == {(404, "not-found")}
    assert other.get(f"{AUDIT}?userId={id_of(other)}").status_code == 200
